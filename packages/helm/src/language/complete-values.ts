/** What could be written next in a values file: the keys that the table has not got yet, and values of few choices. */
import { schemaTypes } from '../inference/json-schema.ts';
import type { ProjectChart } from './chart-project.ts';
import type { Completion } from './completion.ts';
import type { Position } from './source-text.ts';
import { schemaAt } from './value-facts.ts';
import { valueMembers } from './value-members.ts';
import type { ValuesDocument } from './values-document.ts';
import { keysBeside, tableOfLine } from './values-outline.ts';

export function completeValues(chart: ProjectChart, { source }: ValuesDocument, position: Position): Completion[] {
  const { line, character } = position;
  const before = (source.lines[line] ?? '').slice(0, character);
  const [, key, typed = ''] = /^[ -]*(?:([\w./-]+|"[^"]*"|'[^']*'):\s+)?([\w./-]*)$/.exec(before) ?? [undefined];
  if (typed === undefined || before.trimStart().startsWith('#')) return [];
  const offset = source.offsetAt(position);
  const range = source.range(offset - typed.length, offset);
  // The line as far as it is written: what stands behind the cursor may be a key of its own.
  const lines = [...source.lines.slice(0, line), before];
  const table = tableOfLine(lines, line);
  if (key !== undefined) {
    const schema = schemaAt(chart.schema(), [...table, key.replaceAll(/["']/g, '')]);
    const choices =
      schema?.enum ?? (schema !== undefined && schemaTypes(schema).includes('boolean') ? [true, false] : []);
    return choices.map((each) => ({ label: String(each), kind: 'keyword', range }));
  }
  const present = new Set(keysBeside([...lines, ...source.lines.slice(line + 1)], line));
  return valueMembers(chart, table)
    .filter(({ label }) => !present.has(label))
    .map((each) => ({ ...each, range, text: `${yamlKey(each.label)}:` }));
}

/** Quoted when YAML would read it otherwise. */
function yamlKey(key: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(key) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(key)
    ? key
    : JSON.stringify(key);
}
