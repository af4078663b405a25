import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, type Unstructured } from '@kindred/machinery';
import { compareKeys, openMemoryStore } from '@kindred/store';
import fc from 'fast-check';
import { openApiStorage } from './api-storage.ts';
import type { ListRange, ResourceList, ResourceStorage } from './resource-storage.ts';
import { objectPath } from './storage-key.ts';
import type { WatchEvent } from './watch-event.ts';

/** Path of an object → its colour and value, as the model has it. */
type Model = ReadonlyMap<string, { readonly colour: string; readonly revision: number }>;

const red = (labels: Readonly<Record<string, string>>): boolean => labels['colour'] === 'red';

const step = fc.record({
  namespace: fc.constantFrom('a', 'a-b', 'b'),
  name: fc.constantFrom('x', 'x-1', 'y', 'z'),
  colour: fc.constantFrom('red', 'blue'),
  remove: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
});

function pathsOf(list: ResourceList): string[] {
  return list.items.map((stored) => `${objectPath(stored)}@${stored.revision}`);
}

function expected(model: Model, { namespace, matchesLabels }: ListRange): string[] {
  return [...model]
    .filter(([path, { colour }]) => {
      return (!namespace || path.startsWith(`${namespace}/`)) && (matchesLabels === undefined || colour === 'red');
    })
    .sort(([a], [b]) => compareKeys(a, b))
    .map(([path, { revision }]) => `${path}@${revision}`);
}

function object(namespace: string, name: string, colour: string, n: number): Unstructured {
  return { apiVersion: 'v1', kind: 'Thing', metadata: { namespace, name, labels: { colour } }, n };
}

/** Pages through the list at the first page's revision. */
function inPages(things: ResourceStorage, range: ListRange, revision: number | undefined, limit: number): string[] {
  const paths: string[] = [];
  let page = revision === undefined ? things.list({ ...range, limit }) : things.listAt(revision, { ...range, limit });
  for (;;) {
    paths.push(...pathsOf(page));
    const last = page.items.at(-1);
    if (page.remaining === 0 || last === undefined) return paths;
    page = things.listAt(page.revision, { ...range, limit, after: objectPath(last) });
  }
}

/** What a client knows after these events. */
function replay(start: readonly string[], events: readonly WatchEvent[]): string[] {
  const known = new Map(start.map((entry) => entry.split('@') as [string, string]));
  for (const event of events) {
    if (event.type === 'BOOKMARK') continue;
    const path = objectPath(event.stored);
    assert.equal(event.stored.object.metadata.resourceVersion, String(event.stored.revision));
    if (event.type === 'DELETED') assert.ok(known.delete(path), `${path} was not known`);
    else {
      assert.equal(known.has(path), event.type === 'MODIFIED');
      known.set(path, String(event.stored.revision));
    }
  }
  return [...known].sort(([a], [b]) => compareKeys(a, b)).map(([path, revision]) => `${path}@${revision}`);
}

test('lists at every revision and watches from every revision agree with a model', async () => {
  const limit = fc.integer({ min: 1, max: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), limit, async (steps, pageLimit) => {
      const turns: (() => void)[] = [];
      const storage = await openApiStorage({
        store: openMemoryStore(),
        clock: new ManualClock(0),
        later: (run) => turns.push(run),
      });
      const things = await storage.open('', 'things');
      const history = new Map<number, Model>([[storage.revision, new Map()]]);
      let model: Model = new Map();
      let n = 0;
      for (const { namespace, name, colour, remove } of steps) {
        const current = things.get(namespace, name);
        const next = new Map(model);
        if (current === undefined) {
          const created = await things.create(namespace, name, object(namespace, name, colour, ++n));
          assert.ok(created);
          next.set(`${namespace}/${name}`, { colour, revision: created.revision });
        } else if (remove) {
          assert.ok(await things.remove(current));
          next.delete(`${namespace}/${name}`);
        } else {
          const written = await things.replace(current, object(namespace, name, colour, ++n));
          assert.ok(written);
          next.set(`${namespace}/${name}`, { colour, revision: written.revision });
        }
        model = next;
        history.set(storage.revision, model);
      }
      const ranges: ListRange[] = [
        {},
        { namespace: 'a' },
        { matchesLabels: red },
        { namespace: 'b', matchesLabels: red },
      ];
      for (const range of ranges) {
        assert.deepEqual(inPages(things, range, undefined, pageLimit), expected(model, range));
        for (const [revision, then] of history) {
          assert.deepEqual(pathsOf(things.listAt(revision, range)), expected(then, range));
          assert.deepEqual(inPages(things, range, revision, pageLimit), expected(then, range));
          const events: WatchEvent[] = [];
          things.watch(
            { ...range, since: revision },
            { onEvents: (batch) => void events.push(...batch), onEnd: () => undefined },
          );
          for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) turn();
          assert.deepEqual(replay(expected(then, range), events), expected(model, range));
        }
      }
      await storage.close().catch(assert.fail);
    }),
    { numRuns: 25 },
  );
});
