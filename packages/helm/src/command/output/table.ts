/** Tables as helm prints them (the library uitable): columns padded to their widest cell, a tab between them. */

export interface TableOptions {
  /** Longer cells are cut to this width, with `...` at the end; 0 for no limit. */
  readonly maxColumnWidth?: number;
}

/** The lines with a newline at the end; empty when there are no rows. */
export function tableText(rows: readonly (readonly string[])[], { maxColumnWidth = 0 }: TableOptions = {}): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      const width = maxColumnWidth > 0 ? Math.min(maxColumnWidth, textWidth(cell)) : textWidth(cell);
      widths[column] = Math.max(widths[column] ?? 0, width);
    });
  }
  return rows.map((row) => `${row.map((cell, column) => fit(cell, widths[column] ?? 0)).join('\t')}\n`).join('');
}

function fit(text: string, width: number): string {
  const own = textWidth(text);
  if (own <= width) return text + ' '.repeat(width - own);
  let cut = '';
  let used = 0;
  for (const character of text) {
    cut += character;
    const next = characterWidth(character);
    if (used + next >= width - 3) break;
    used += next;
  }
  return `${cut}...`;
}

// oxlint-disable-next-line no-control-regex -- sequences that set colors begin with a control character
const COLOR = /\x1b\[[\d;]*m/g;

function textWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(COLOR, '')) width += characterWidth(character);
  return width;
}

/** East Asian wide characters and emoji take two columns, marks none (Unicode Standard Annex 11). */
function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) return 0;
  return WIDE.some(([start, end]) => code >= start && code <= end) ? 2 : 1;
}

const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];
