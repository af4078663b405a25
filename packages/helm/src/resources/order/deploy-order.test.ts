import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KindRef } from '@kindred/machinery';
import fc from 'fast-check';
import type { Resource } from '../resource.ts';
import { deployOrder } from './deploy-order.ts';

function resource(label: string, annotations: Readonly<Record<string, string>> = {}): Resource {
  const [kindName = '', name = ''] = label.split('/');
  const group = kindName === 'Job' ? 'batch' : 'apps';
  const kind: KindRef = {
    group,
    version: 'v1',
    kind: kindName,
    plural: `${kindName.toLowerCase()}s`,
    scope: 'Namespaced',
  };
  const object = { apiVersion: `${group}/v1`, kind: kindName, metadata: { name, namespace: 'ns', annotations } };
  return { kind, name, namespace: 'ns', object, source: '' };
}

/** The waves as names, with what is waited for before each in brackets. */
function waves(resources: readonly Resource[]): string[] {
  const names = (places: readonly number[]): string => places.map((at) => resources[at]?.name ?? '?').join(' ');
  return (deployOrder(resources)?.waves ?? []).map(({ members, ready, externals }) => {
    const waits = [names(ready), ...externals.map(({ name }) => name)].filter((each) => each !== '');
    return `${waits.length === 0 ? '' : `(${waits.join(' ')}) `}${names(members)}`;
  });
}

test('without annotations there is no order', () => {
  assert.equal(deployOrder([resource('Deployment/a', { 'helm.sh/hook-weight': '1' }), resource('Job/b')]), undefined);
});

test('groups of one weight wait for each other, the lightest first; none is weight 0', () => {
  const resources = [
    resource('Deployment/app', { 'werf.io/weight': '10' }),
    resource('Job/migrate'),
    resource('StatefulSet/db', { 'helm.kindred.dev/weight': '-5' }),
    resource('Deployment/other', { 'werf.io/weight': ' 10 ' }),
  ];
  assert.deepEqual(waves(resources), ['db', '(db) migrate', '(migrate) app other']);
});

test('dependencies wait for what they name, present or ready, whatever its weight', () => {
  const resources = [
    resource('Deployment/app', {
      'werf.io/deploy-dependency-db': 'state=ready,kind=StatefulSet,name=db',
      'helm.kindred.dev/deploy-dependency-job': 'state=present, kind=job, group=batch, version=v1',
      'werf.io/weight': '-100',
    }),
    resource('Job/migrate', { 'werf.io/deploy-dependency-db': 'state=ready,name=db,namespace=ns' }),
    resource('StatefulSet/db'),
    resource('Deployment/free'),
  ];
  assert.deepEqual(waves(resources), ['db free', '(db) migrate', 'app']);
});

test('what is not in the release is not waited for, and told', () => {
  const order = deployOrder([resource('Deployment/a', { 'werf.io/deploy-dependency-x': 'state=ready,name=none' })]);
  assert.deepEqual(order?.unmet, ['Deployment/ns/a: no object of the release meets werf.io/deploy-dependency-x']);
});

test('objects of others are waited for after what waits for nothing', () => {
  const annotations = {
    'vault.external-dependency.werf.io/resource': 'secret/token',
    'db.external-dependency.helm.kindred.dev/resource': 'Databases.v1.example.org/main',
    'db.external-dependency.helm.kindred.dev/namespace': 'data',
  };
  const resources = [resource('Deployment/a', annotations), resource('Deployment/b')];
  assert.deepEqual(waves(resources), ['b', '(token main) a']);
  const [, wave] = deployOrder(resources)?.waves ?? [];
  assert.deepEqual(
    wave?.externals.map(({ type, version, group, namespace }) => ({ type, version, group, namespace })),
    [
      { type: 'secret', version: undefined, group: undefined, namespace: undefined },
      { type: 'databases', version: 'v1', group: 'example.org', namespace: 'data' },
    ],
  );
});

test('a circle is told with its objects', () => {
  const on = (name: string) => ({ 'werf.io/deploy-dependency-x': `state=present,name=${name}` });
  const resources = [
    resource('Job/z', on('a')),
    resource('Job/a', on('b')),
    resource('Job/b', on('c')),
    resource('Job/c', on('a')),
  ];
  assert.throws(() => deployOrder(resources), {
    message: 'objects wait for each other by their annotations: Job/ns/a -> Job/ns/b -> Job/ns/c -> Job/ns/a',
  });
});

test('annotations that make no sense are refused by name', () => {
  const refused = (annotation: string, value: string, why: RegExp): void =>
    assert.throws(
      () => deployOrder([resource('Job/a', { [annotation]: value })]),
      (error) => {
        assert.ok(
          error instanceof Error && error.message.startsWith(`Job/ns/a: annotation ${annotation} is "${value}": `),
        );
        assert.match(error.message, why);
        return true;
      },
    );
  refused('werf.io/weight', 'heavy', /must be an integer/);
  refused('werf.io/deploy-dependency-a', 'kind=Job', /state must be present or ready/);
  refused('werf.io/deploy-dependency-a', 'state=gone,kind=Job', /state must be present or ready/);
  refused('werf.io/deploy-dependency-a', 'state=ready', /must name one of name/);
  refused('werf.io/deploy-dependency-a', 'state=ready,label=x', /must be made of state, name/);
  refused('a.external-dependency.werf.io/resource', 'secret', /must be type\/name/);
});

test('law: every object comes once, after all that it needs', () => {
  const node = fc.record({ weight: fc.option(fc.integer({ min: -2, max: 2 })), on: fc.option(fc.nat(9)) });
  fc.assert(
    fc.property(fc.array(node, { maxLength: 10 }), (nodes) => {
      // Only on earlier ones, so that there is no circle.
      const resources = nodes.map(({ weight, on }, at) =>
        resource(`Job/n${at}`, {
          ...(weight === null ? {} : { 'werf.io/weight': String(weight) }),
          ...(on === null || on >= at ? {} : { 'werf.io/deploy-dependency-x': `state=ready,name=n${on}` }),
        }),
      );
      const order = deployOrder(resources)?.waves ?? [];
      const waveOf = new Map(order.flatMap(({ members }, wave) => members.map((at) => [at, wave] as const)));
      const readyBy = new Map<number, number>();
      order.forEach(({ ready }, wave) => ready.forEach((at) => readyBy.set(at, wave)));
      if (order.length > 0) assert.equal(waveOf.size, nodes.length);
      assert.equal(order.flatMap(({ members }) => members).length, waveOf.size);
      nodes.forEach(({ on }, at) => {
        if (on === null || on >= at) return;
        assert.ok((readyBy.get(on) ?? Number.POSITIVE_INFINITY) <= (waveOf.get(at) ?? -1));
        assert.ok((waveOf.get(on) ?? Number.POSITIVE_INFINITY) < (readyBy.get(on) ?? -1) + 1);
      });
    }),
  );
});
