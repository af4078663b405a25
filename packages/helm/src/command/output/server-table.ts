/** Tables that an API server gives (meta.k8s.io/v1 Table), laid out as kubectl prints them. */
import { isJsonObject, type JsonObject, type JsonValue } from '@kindred/machinery';

const PADDING = 3;
const MIN_WIDTH = 6;

/** Lines, each with its line break; a header only when the columns differ from those of the table before. */
export function serverTablesText(tables: readonly JsonObject[]): string {
  let before = '';
  return tables
    .map((table) => {
      const columns = listOf(table['columnDefinitions']);
      const same = columns.length > 0 && JSON.stringify(columns) === before;
      before = JSON.stringify(columns);
      return tableText(columns, listOf(table['rows']), same);
    })
    .join('');
}

function listOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((each) => isJsonObject(each)) : [];
}

function tableText(columns: readonly JsonObject[], rows: readonly JsonObject[], withoutHeader: boolean): string {
  if (rows.length === 0) return '';
  const shown = [...columns.entries()].filter(([, { priority = 0 }]) => priority === 0).map(([index]) => index);
  const header = shown.map((index) => cellText(columns[index]?.['name']).toUpperCase());
  const cells = rows.map(({ cells }) => {
    const all = Array.isArray(cells) ? cells : [];
    return shown.map((index) => cellText(all[index]));
  });
  const lines = withoutHeader ? cells : [header, ...cells];
  const widths = shown.map((_, column) => Math.max(MIN_WIDTH, ...lines.map((line) => width(line[column]) + PADDING)));
  return lines
    .map((line) => {
      const last = line.length - 1;
      // The last cell is not padded.
      return `${line.map((cell, column) => (column === last ? cell : cell.padEnd(widths[column] ?? 0))).join('')}\n`;
    })
    .join('');
}

function width(text: string | undefined): number {
  return text?.length ?? 0;
}

/** One line: what follows a line break is left out. */
function cellText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const [first = ''] = text.split(/[\n\r\f]/);
  return first === text ? text : `${first}...`;
}
