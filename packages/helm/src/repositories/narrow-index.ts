/**
 * Cuts the part about one chart out of the text of a large index, so that finding a version needn't read all the others.
 * Only texts in the plain layout that helm and its servers write are cut; any other is given back whole.
 */

/** Smaller ones are read in no time. */
const MIN_LENGTH = 512 * 1024;

/** Anchors and aliases reach from one part of a text into others; so do documents and directives. */
const CROSSING = /(?:^|[\s,[{:-])[&*][A-Za-z0-9_]|^(?:---|\.\.\.|%)|<<:|\t/m;

/** An index with the chart and nothing else, or the whole text. */
export function narrowIndex(text: string, chart: string, minLength: number = MIN_LENGTH): string {
  if (text.length < minLength || !/^[A-Za-z][\w.-]*$/.test(chart) || text.includes('\r')) return text;
  const entries = lineStart(text, 'entries:\n', 0);
  if (entries < 0) return text;
  const first = entries + 'entries:\n'.length;
  const end = nextTopLevel(text, first);
  const start = lineStart(text, `  ${chart}:\n`, first - 1);
  if (start < 0 || start >= end) return text;
  // A second part of the same name would win.
  if (lineStart(text, `  ${chart}:\n`, start) >= 0) return text;
  const stop = nextEntry(text, start + chart.length + 4, end);
  const block = text.slice(start, stop);
  const rest = text.slice(0, entries) + text.slice(end);
  if (CROSSING.test(block) || CROSSING.test(rest) || rest.includes('entries:')) return text;
  return `${text.slice(0, entries)}entries:\n${block}${text.slice(end)}`;
}

/** Where the line begins, after `from`; -1 when there is none. */
function lineStart(text: string, line: string, from: number): number {
  if (from === 0 && text.startsWith(line)) return 0;
  const at = text.indexOf(`\n${line}`, from);
  return at < 0 ? -1 : at + 1;
}

/** The next line without indentation, or the end. */
function nextTopLevel(text: string, from: number): number {
  const top = /^[^ \n]/gm;
  top.lastIndex = from;
  return top.exec(text)?.index ?? text.length;
}

/** The next line indented by two that is no item of a list. */
function nextEntry(text: string, from: number, end: number): number {
  const entry = /^ {1,2}[^ \n-]/gm;
  entry.lastIndex = from;
  return Math.min(entry.exec(text)?.index ?? end, end);
}
