/** Sets of completion indexes as text: `1,3-5`. Source: "Completion mode" of "Jobs", Kubernetes documentation. Pure. */

export const indexLabel = 'batch.kubernetes.io/job-completion-index';

/** Numbers outside 0 to `completions` - 1, and what isn't a number, are left out. */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? '').split(',')) {
    const [first, last = first] = part.split('-');
    if (!/^\d+$/.test(first ?? '') || !/^\d+$/.test(last ?? '')) continue;
    for (let index = Number(first); index <= Math.min(Number(last), completions - 1); index++) indexes.add(index);
  }
  return indexes;
}

/** Two neighbours are written `1,2`, more of them `1-3`. */
export function formatIndexes(indexes: ReadonlySet<number>): string {
  const runs: [first: number, last: number][] = [];
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === index - 1) run[1] = index;
    else runs.push([index, index]);
  }
  return runs
    .map(([first, last]) => (first === last ? String(first) : `${first}${last === first + 1 ? ',' : '-'}${last}`))
    .join(',');
}
