import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineFlatKind, type FlatKindOptions } from './define-flat-kind.ts';
import { type Input, KindDefinitionError, type ObservedOf } from './define-kind.ts';
import { s } from './schema-builder.ts';

const value = s.number();
const names = { group: 'measurements.example.com', version: 'v1', kind: 'Reading', plural: 'readings' };
const Reading = defineFlatKind({
  ...names,
  description: 'What a sensor has said.',
  fields: { value, unit: s.string().default('K'), at: s.string().format('date-time').optional() },
  columns: [
    { name: 'Value', path: '.value' },
    { name: 'At', path: '.at' },
  ],
});

test('fields are at the top of the object and of its types', () => {
  const observed: Pick<ObservedOf<typeof Reading>, 'value' | 'unit'> = { value: 1, unit: 'K' };
  const input: Input<typeof Reading> = { metadata: { name: 'a' }, value: 1 };
  assert.ok(observed && input);
  const [version] = Reading.crd().spec.versions;
  const schema = version?.schema?.openAPIV3Schema;
  assert.deepEqual(Object.keys(schema?.properties ?? {}), ['value', 'unit', 'at']);
  assert.deepEqual(schema?.required, ['value']);
  assert.equal(schema?.description, 'What a sensor has said.');
  assert.deepEqual(
    version?.additionalPrinterColumns?.map(({ name, type }) => `${name} ${type}`),
    ['Value number', 'At date'],
  );
  type Path = NonNullable<FlatKindOptions<{ value: typeof value }>['columns']>[number]['path'];
  // @ts-expect-error there is no such field
  const misspelt: Path = '.valeu';
  assert.ok(misspelt);
});

test('groups of the Kubernetes project need a word of it', () => {
  const fields = { value };
  const group = 'metrics.k8s.io';
  assert.throws(() => defineFlatKind({ ...names, group, fields }), KindDefinitionError);
  const annotations = { 'api-approved.kubernetes.io': 'https://github.com/kubernetes/metrics' };
  assert.deepEqual(defineFlatKind({ ...names, group, fields, annotations }).crd().metadata.annotations, annotations);
});
