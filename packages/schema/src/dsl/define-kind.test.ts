import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KindRef } from '@kindred/machinery';
import { applyDefaults } from '../structural/defaults.ts';
import { compileStructuralSchema } from '../structural/structural-schema.ts';
import { validateValue } from '../structural/validate-value.ts';
import { defineKind, type Input, KindDefinitionError, type ObservedOf } from './define-kind.ts';
import { s } from './schema-builder.ts';

const Website = defineKind({
  group: 'extensions.example.com',
  version: 'v1',
  kind: 'Website',
  plural: 'websites',
  shortNames: ['ws'],
  scope: 'Namespaced',
  spec: s
    .object({
      gitRepo: s.string().format('uri').describe('Repository to serve'),
      replicas: s.integer().min(0).max(10).default(1),
      tls: s.enum('none', 'edge').default('none'),
      host: s.string().optional(),
      ports: s
        .array(s.object({ name: s.string(), port: s.intOrString() }))
        .listType('map', ['name'])
        .optional(),
      labels: s.map(s.string()).optional(),
      resources: s.object({ cpu: s.string().default('100m') }).default({}),
    })
    .rule('self.tls == "none" || has(self.host)', 'tls needs a host'),
  status: s.object({
    readyReplicas: s.integer(),
    selector: s.string(),
    conditions: s.conditions('Ready', 'Progressing'),
  }),
  scale: { replicas: '.spec.replicas', status: '.status.readyReplicas', selector: '.status.selector' },
  columns: [
    { name: 'Repo', path: '.spec.gitRepo' },
    { name: 'Replicas', path: '.spec.replicas' },
    { name: 'Ready', path: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Port', path: '.spec.ports[0].port', priority: 1 },
    { name: 'Age', path: '.metadata.creationTimestamp' },
  ],
});

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function assertType<_T extends true>(): void {}

test('one schema gives the type of manifests and the type of what is observed', () => {
  type Site = ObservedOf<typeof Website>;
  type Manifest = Input<typeof Website>;
  assertType<Same<Site['spec']['replicas'], number>>();
  assertType<Same<Manifest['spec']['replicas'], number | undefined>>();
  assertType<Same<Site['spec']['tls'], 'none' | 'edge'>>();
  assertType<Same<Site['spec']['host'], string | undefined>>();
  assertType<Same<Site['spec']['resources'], { cpu: string }>>();
  assertType<Same<Manifest['spec']['resources'], { cpu?: string } | undefined>>();
  assertType<Same<Site['metadata']['uid'], string>>();
  assertType<Same<NonNullable<NonNullable<Site['status']>['conditions']>[number]['type'], 'Ready' | 'Progressing'>>();

  const manifest: Manifest = { metadata: { name: 'kubia' }, spec: { gitRepo: 'https://example.com/site' } };
  assert.ok(manifest);
  // @ts-expect-error: gitRepo is required
  const missing: Manifest = { metadata: {}, spec: {} };
  // @ts-expect-error: not one of the values
  const wrong: Manifest = { metadata: {}, spec: { gitRepo: 'x', tls: 'full' } };
  // @ts-expect-error: no such field
  const unknown: Manifest = { metadata: {}, spec: { gitRepo: 'x', gitRpo: 'y' } };
  assert.ok(missing && wrong && unknown);
  const ref: KindRef<{ apiVersion: string; kind: string; metadata: object; spec: { replicas: number } }> = Website;
  assert.equal(ref.plural, 'websites');
});

test('paths of columns and scale are checked by the compiler', () => {
  const names = { group: 'e.x', version: 'v1', kind: 'A', plural: 'as' } as const;
  const spec = s.object({ n: s.integer(), t: s.string(), free: s.any().optional() });
  const status = s.object({ conditions: s.conditions('Ready') });
  // @ts-expect-error: misspelt field
  defineKind({ ...names, spec, columns: [{ name: 'N', path: '.spec.m' }] });
  const misspelt = '.status.conditions[?(@.type=="Redy")].status' as const;
  // @ts-expect-error: no such condition
  defineKind({ ...names, spec, status, columns: [{ name: 'R', path: misspelt }] });
  const scale = { replicas: '.spec.t', status: '.status.n' } as const;
  const numbers = s.object({ n: s.integer() });
  // @ts-expect-error: a text is no number of replicas
  defineKind({ ...names, spec, status: numbers, scale });
  defineKind({ ...names, spec, status, columns: [{ name: 'F', path: '.spec.free.any.thing' }] });
  // @ts-expect-error: a default must fit
  s.integer().default('one');
  // @ts-expect-error: keys are fields of the elements
  s.array(s.object({ name: s.string() })).listType('map', ['nam']);
  // @ts-expect-error: booleans have no pattern
  s.boolean().pattern('x');
});

test('the definition is a valid CustomResourceDefinition', () => {
  const crd = Website.crd();
  assert.equal(crd.metadata.name, 'websites.extensions.example.com');
  assert.deepEqual(crd.spec.names, {
    plural: 'websites',
    kind: 'Website',
    shortNames: ['ws'],
    singular: 'website',
    listKind: 'WebsiteList',
  });
  const version = crd.spec.versions[0];
  assert.deepEqual(version?.subresources, {
    status: {},
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.readyReplicas',
      labelSelectorPath: '.status.selector',
    },
  });
  assert.deepEqual(
    version?.additionalPrinterColumns?.map((column) => [column.name, column.type]),
    [
      ['Repo', 'string'],
      ['Replicas', 'integer'],
      ['Ready', 'string'],
      ['Port', 'string'],
      ['Age', 'date'],
    ],
  );
  assert.notEqual(Website.crd(), crd);
});

test('the schema defaults and validates objects as the types say', () => {
  const schema = compileStructuralSchema(Website.schema);
  const site = { spec: { gitRepo: 'https://example.com/site' } };
  applyDefaults(schema, site);
  assert.deepEqual(site.spec, {
    gitRepo: 'https://example.com/site',
    replicas: 1,
    tls: 'none',
    resources: { cpu: '100m' },
  });
  assert.deepEqual(validateValue(schema, site, ''), []);
  assert.deepEqual(validateValue(schema, { ...site, status: { conditions: [] } }, ''), []);
});

test('a kind that the API server would refuse is refused at its definition', () => {
  assert.throws(
    () =>
      defineKind({
        group: 'nodot',
        version: 'v1',
        kind: 'A',
        plural: 'as',
        spec: s.object({ s: s.string().pattern('(') }),
      }),
    (error: unknown) =>
      error instanceof KindDefinitionError &&
      error.message.includes('spec.group: Invalid value: "nodot"') &&
      error.message.includes('properties[spec].properties[s].pattern'),
  );
});
