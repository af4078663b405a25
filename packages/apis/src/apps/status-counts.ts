/**
 * Counts in a status that are absent when they are 0 (`omitempty` in `apps/v1`): scripts see an empty string there. A writer
 * sends the 0 all the same, since a merge patch could not take the old number away otherwise.
 */
export function omitZeroCounts<Count extends string>(
  status: { [count in Count]?: number } | undefined,
  counts: readonly Count[],
): void {
  for (const count of counts) if (status?.[count] === 0) delete status[count];
}
