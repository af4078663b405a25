import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReleaseDependency } from '../intent/release-intent.ts';
import { dependencyProblem } from './dependencies.ts';
import type { ReleaseObject } from './release-object.ts';

function release(name: string, status: object): ReleaseObject {
  // The parts of a release that dependencies look at.
  return {
    apiVersion: 'helm.kindred.dev/v1',
    kind: 'HelmRelease',
    metadata: {
      name,
      namespace: 'apps',
      uid: name,
      resourceVersion: '1',
      creationTimestamp: '2024-01-01T00:00:00Z',
      labels: { tier: 'db' },
      generation: 1,
    },
    status,
  } as ReleaseObject;
}

const ready = { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] };

function problemWith(status: object, readyExpr?: string): string | undefined {
  const web = release('web', {});
  const dependency: ReleaseDependency = {
    namespace: 'apps',
    name: 'db',
    ...(readyExpr === undefined ? {} : { readyExpr }),
  };
  return dependencyProblem(web, {
    find: ({ name }) => (name === 'db' ? release('db', status) : undefined),
    dependenciesOf: (object) => (object === web ? [dependency] : []),
  })?.message;
}

test('a dependency is ready by its condition', () => {
  assert.equal(problemWith(ready), undefined);
  assert.equal(problemWith({}), 'apps/db is not ready');
});

test('readyExpr takes the place of the condition', () => {
  const migrated = "dep.status.conditions.exists(c, c.type == 'Migrated' && c.status == 'True')";
  const done = { conditions: [{ type: 'Migrated', status: 'True' }] };
  assert.equal(problemWith(done, migrated), undefined);
  assert.equal(problemWith(ready, migrated), 'apps/db is not ready according to readyExpr');
  assert.equal(problemWith(ready, "dep.metadata.labels['tier'] == 'db' && self.metadata.name == 'web'"), undefined);
});

test('an expression that fails says why', () => {
  assert.equal(problemWith({}, 'dep.status.ready'), "apps/db can't be judged by readyExpr: no such key: ready");
  assert.equal(
    problemWith(ready, 'dep.metadata.name'),
    "apps/db can't be judged by readyExpr: the result is not a bool",
  );
});
