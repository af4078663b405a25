import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineKind, s } from '@kindred/schema';
import { defineApiServer } from './define-api-server.ts';
import { storageVersion, stored } from './stored-resource.ts';
import { virtual } from './virtual-resource.ts';

const spec = s.object({ size: s.integer().default(1) });
const Box = defineKind({ group: 'boxes.example.com', version: 'v1', kind: 'Box', plural: 'boxes', spec });
const OldBox = defineKind({ group: 'boxes.example.com', version: 'v1beta1', kind: 'Box', plural: 'boxes', spec });
const Shelf = defineKind({ group: 'boxes.example.com', version: 'v1', kind: 'Shelf', plural: 'shelves', spec });

test('groups and versions follow from the kinds, rights from what the server does', () => {
  const server = defineApiServer({
    name: 'boxes',
    resources: [virtual(Box, { list: () => [] }), virtual(OldBox, { list: () => [] }), stored(Shelf)],
    versionPriority: { v1: 200 },
    impersonation: true,
  });
  assert.deepEqual(server.groupVersions, [
    { group: 'boxes.example.com', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 200 },
    { group: 'boxes.example.com', version: 'v1beta1', groupPriorityMinimum: 1000, versionPriority: 100 },
  ]);
  const impersonated = server.rules.filter(({ verbs }) => verbs.includes('impersonate'));
  assert.deepEqual(
    impersonated.flatMap(({ resources }) => resources),
    ['groups', 'serviceaccounts', 'users', '*'],
  );
  const names = server.rules.flatMap(({ resourceNames = [] }) => resourceNames);
  assert.deepEqual(names, ['v1.boxes.example.com', 'v1beta1.boxes.example.com', 'kindred-boxes']);
});

function contentOf<S>({ spec: own }: { spec: S }): { spec: S } {
  return { spec: own };
}

test('a definition that contradicts itself is refused', () => {
  assert.throws(() => defineApiServer({ name: 'Boxes', resources: [stored(Box)] }), /not a DNS label/);
  assert.throws(() => defineApiServer({ name: 'boxes', resources: [] }), /no resources/);
  assert.throws(
    () => defineApiServer({ name: 'boxes', resources: [stored(Box), stored(Box)] }),
    /two resources boxes.example.com\/v1\/boxes/,
  );
  const storedAs = storageVersion(OldBox, Box, { toStorage: contentOf, fromStorage: contentOf });
  const versions =
    (...resources: Parameters<typeof defineApiServer>[0]['resources']) =>
    () =>
      defineApiServer({ name: 'boxes', resources });
  assert.throws(versions(stored(Box), stored(OldBox)), /stores boxes in 2 versions, not in one/);
  assert.throws(versions(stored(OldBox, { storedAs })), /stores boxes in 0 versions/);
  assert.doesNotThrow(versions(stored(Box), stored(OldBox, { storedAs })));
  assert.throws(() => virtual(Box, { update: ({ object }) => object }), /update needs get/);
});
