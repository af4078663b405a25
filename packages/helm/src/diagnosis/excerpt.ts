/** Some lines of a text around one of them, with numbers and a caret. */

const AROUND = 3;
const MAX_WIDTH = 160;

/** `line` and `column` count from 1; without a column there is no caret. */
export function excerpt(text: string, line: number, column?: number): string[] {
  const lines = text.split('\n');
  const first = Math.max(1, line - AROUND);
  const last = Math.min(lines.length, line + AROUND);
  const width = String(last).length;
  const result: string[] = [];
  for (let at = first; at <= last; at++) {
    const content = (lines[at - 1] ?? '').replaceAll('\t', '→');
    const shown = content.length > MAX_WIDTH ? `${content.slice(0, MAX_WIDTH)}…` : content;
    result.push(`${at === line ? '>' : ' '} ${String(at).padStart(width)} | ${shown}`.trimEnd());
    if (at === line && column !== undefined && column <= MAX_WIDTH) {
      result.push(`  ${' '.repeat(width)} | ${' '.repeat(column - 1)}^`);
    }
  }
  return result;
}
