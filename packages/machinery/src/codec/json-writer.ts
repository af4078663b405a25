/**
 * Writes JSON that holds bigints, which JSON.stringify refuses. Otherwise gives the same text as JSON.stringify.
 */
export function writeJsonText(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(writeJsonText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${writeJsonText(member)}`);
  }
  return `{${members.join(',')}}`;
}
