/** Holds values against schemas with both programs: one chart with a dependency for each pair, so that one start of helm tells all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SchemaCase, schemaGroups, schemaTexts } from './cases/schemas.ts';
import { type ChartSource, renderWithHelm, renderWithOurs } from './render-both.ts';

const DRAFTS: Readonly<Record<string, string | undefined>> = {
  none: undefined,
  4: 'http://json-schema.org/draft-04/schema#',
  6: 'http://json-schema.org/draft-06/schema#',
  7: 'http://json-schema.org/draft-07/schema#',
  2019: 'https://json-schema.org/draft/2019-09/schema',
  2020: 'https://json-schema.org/draft/2020-12/schema',
};

interface Pair {
  readonly schema: string;
  readonly values: string;
}

function pairs(cases: readonly SchemaCase[]): Pair[] {
  return cases.flatMap(([schema, ...values]) =>
    Object.values(DRAFTS).flatMap((draft) => {
      const isObject = typeof schema === 'object' && schema !== null && !Array.isArray(schema);
      if (!isObject && draft !== undefined) return [];
      const text = JSON.stringify(draft === undefined ? schema : { $schema: draft, ...(schema as object) });
      return values.map((each) => ({ schema: text, values: JSON.stringify(each) }));
    }),
  );
}

function umbrella(all: readonly Pair[]): ChartSource {
  const files: Record<string, string> = { 'Chart.yaml': 'apiVersion: v2\nname: umbrella\nversion: 1.0.0\n' };
  for (const [index, { schema, values }] of all.entries()) {
    const name = chartName(index);
    files[`charts/${name}/Chart.yaml`] = `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`;
    files[`charts/${name}/values.yaml`] = values;
    files[`charts/${name}/values.schema.json`] = schema;
  }
  return files;
}

function chartName(index: number): string {
  return `case-${String(index).padStart(5, '0')}`;
}

/** Sections by chart. Lines and lists are sorted: Go goes through maps in any order. */
function sections(message: string): Map<string, string> {
  const parts = message.split(/(case-\d{5}):\n/);
  const found = new Map<string, string>();
  for (let at = 1; at < parts.length; at += 2) found.set(parts[at] ?? '', normalize(parts[at + 1] ?? ''));
  return found;
}

function normalize(section: string): string {
  const sorted = section.replace(/(additional properties )(.*)( not allowed)/g, (_all, start, list, end) => {
    return `${start}${String(list).split(', ').sort().join(', ')}${end}`;
  });
  return sorted.trim().split('\n').sort().join('\n');
}

async function compare(all: readonly Pair[]): Promise<unknown[]> {
  const files = umbrella(all);
  const helm = sections((await renderWithHelm(files)).error);
  const ours = sections((await renderWithOurs(files)).error);
  assert.ok(helm.size > 0, 'helm refuses something');
  return all.flatMap((pair, index) => {
    const [theirs, own] = [helm.get(chartName(index)) ?? '', ours.get(chartName(index)) ?? ''];
    return theirs === own ? [] : [{ ...pair, helm: theirs, ours: own }];
  });
}

for (const [name, cases] of Object.entries(schemaGroups)) {
  const all = pairs(cases);
  test(`validates values as helm does: ${name} (${all.length} pairs)`, async () => {
    assert.deepEqual(await compare(all), []);
  });
}

test(`reads schemas as helm does (${schemaTexts.length} texts)`, async () => {
  const all = schemaTexts.map(([schema, values]) => ({ schema, values: JSON.stringify(values) }));
  assert.deepEqual(await compare(all), []);
});
