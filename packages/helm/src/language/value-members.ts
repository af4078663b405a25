/** The keys that a table of a chart's values has, for completion. */
import { type GoValue, isMap } from '../go/value.ts';
import { type JsonSchema, schemaTypes } from '../inference/json-schema.ts';
import { type ValuePath, valueAtPath } from '../values/value-path.ts';
import type { ProjectChart } from './chart-project.ts';
import type { Completion } from './completion.ts';
import { ownerOf, schemaAt, shortValue, usageAt } from './value-facts.ts';

type Member = Omit<Completion, 'range'>;

export function valueMembers(chart: ProjectChart, path: ValuePath): Member[] {
  const properties = schemaAt(chart.schema(), path)?.properties;
  if (properties !== undefined) return Object.entries(properties).map(([label, schema]) => schemaMember(label, schema));
  // Schemas say little of items: the chart's own ones are examples, and templates ask for members.
  const owner = ownerOf(chart, path);
  const example = valueAtPath(owner.chart.chart.values, owner.path);
  const examples = new Map<string, GoValue>(isMap(example) ? example : []);
  const names = new Set([...examples.keys(), ...(usageAt(owner.chart, owner.path)?.members.keys() ?? [])]);
  return [...names].map((label) => {
    const value = examples.get(label);
    return { label, kind: 'value', ...(value === undefined ? {} : { detail: `= ${shortValue(value)}` }) };
  });
}

function schemaMember(label: string, schema: JsonSchema): Member {
  const standard = schema.default === undefined ? '' : JSON.stringify(schema.default);
  const shown = standard === '' || standard.length > MAX_SHOWN ? '' : `= ${standard}`;
  const detail = [schemaTypes(schema).join(' or '), shown].filter((each) => each !== '').join(' ');
  return {
    label,
    kind: 'value',
    ...(detail === '' ? {} : { detail }),
    ...(schema.description === undefined ? {} : { documentation: schema.description }),
  };
}

const MAX_SHOWN = 40;
