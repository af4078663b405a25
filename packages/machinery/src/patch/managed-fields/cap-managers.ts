/**
 * Keeps the number of update entries bounded: the oldest are folded into one entry per apiVersion.
 */
import { unionOf } from './field-set.ts';
import { type FieldManager, type FieldManagers, managerKey, secondsOf } from './managers.ts';

const maxUpdateManagers = 10;
const ancientChanges = 'ancient-changes';

/** The managers with at most ten update entries, unless each of them is for another apiVersion. */
export function capUpdateManagers(managers: FieldManagers): FieldManagers {
  const updaters = [...managers].filter(([, manager]) => manager.operation === 'Update');
  if (updaters.length <= maxUpdateManagers) return managers;
  updaters.sort(([aKey, a], [bKey, b]) => secondsOf(a) - secondsOf(b) || (aKey < bKey ? -1 : 1));
  const result = new Map(managers);
  const firstOfVersion = new Map<string, string>();
  let count = updaters.length;
  for (const [key, manager] of updaters) {
    if (count <= maxUpdateManagers) break;
    const first = firstOfVersion.get(manager.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(manager.apiVersion, key);
      continue;
    }
    fold(result, manager.apiVersion, first, key);
    count--;
  }
  return result;
}

/** Moves the entry `key` into the version's bucket; the first entry of the version becomes that bucket. */
function fold(managers: Map<string, FieldManager>, apiVersion: string, first: string, key: string): void {
  const identity = { name: ancientChanges, operation: 'Update', apiVersion, subresource: '' } as const;
  const bucketKey = managerKey(identity);
  const bucket = managers.get(bucketKey) ?? managers.get(first);
  const folded = managers.get(key);
  if (bucket === undefined || folded === undefined) return;
  if (!managers.has(bucketKey)) managers.delete(first);
  managers.delete(key);
  managers.set(bucketKey, {
    ...identity,
    ...(folded.time === undefined ? {} : { time: folded.time }),
    fields: unionOf(bucket.fields, folded.fields),
  });
}
