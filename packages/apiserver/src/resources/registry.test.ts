import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinKinds } from '@kindred/apis';
import { openMemoryStore } from '@kindred/store';
import { openApiStorage } from '../storage/api-storage.ts';
import { ResourceRegistry } from './registry.ts';
import { builtInKind } from './served-kind.ts';
import { ServedResource } from './served-resource.ts';

test('resources are found by group, version and plural name, replaced and removed alone', async (t) => {
  const store = openMemoryStore();
  const storage = await openApiStorage({ store });
  t.after(async () => {
    await storage.close();
    await store.close();
  });
  const registry = new ResourceRegistry();
  const served = builtinKinds().map((definition) => new ServedResource(builtInKind(definition), storage));
  for (const resource of served) registry.add(resource);
  const find = ({ group, version, resource }: ServedResource['definition']): ServedResource | undefined =>
    registry.get(group, version, resource);
  for (const resource of served) assert.equal(find(resource.definition), resource);
  // Events are in two groups, and this kind in several versions.
  const events = served.filter(({ definition }) => definition.resource === 'events');
  assert.ok(events.length > 1);
  assert.equal(registry.get('apps', 'v2', 'deployments'), undefined);
  assert.equal(registry.get('apps', 'v1', 'toString'), undefined);
  const [first, ...others] = events;
  assert.ok(first !== undefined);
  const second = new ServedResource(first.kind, storage);
  registry.add(second);
  assert.equal(find(first.definition), second);
  assert.equal(first.withdrawn.aborted, true);
  registry.remove(first);
  assert.equal(find(first.definition), second, 'what was replaced takes nothing away');
  registry.remove(second);
  assert.equal(find(first.definition), undefined);
  for (const other of others) assert.equal(find(other.definition), other);
  assert.equal([...registry.all()].length, served.length - 1);
});
