/**
 * Whether an object already has everything that an intent says. The object may have more: defaults, what others manage,
 * injected list elements. Lists of objects are matched by the key fields that Kubernetes uses, others are compared whole.
 */
import { isJsonObject } from '@kindred/machinery';

/** Fields that tell list elements apart, the most telling first. */
const elementKeys = [
  'name',
  'type',
  'mountPath',
  'containerPort',
  'port',
  'key',
  'uid',
  'ip',
  'topologyKey',
  'devicePath',
];

export function includes(observed: unknown, intent: unknown): boolean {
  if (intent === undefined) return true;
  if (isJsonObject(intent)) {
    // An absent map and an empty one mean the same to every API type.
    const members = Object.entries(intent);
    if (observed === undefined) return members.every(([, member]) => member === undefined);
    return isJsonObject(observed) && members.every(([name, member]) => includes(observed[name], member));
  }
  if (!Array.isArray(intent)) return Object.is(observed, intent);
  if (observed === undefined) return intent.length === 0;
  return Array.isArray(observed) && listIncludes(observed, intent);
}

function listIncludes(observed: readonly unknown[], intent: readonly unknown[]): boolean {
  const key = elementKeys.find((name) =>
    intent.every((element) => isJsonObject(element) && element[name] !== undefined),
  );
  if (key === undefined || intent.length === 0) {
    return observed.length === intent.length && intent.every((element, at) => includes(observed[at], element));
  }
  return intent.every((element) =>
    observed.some((candidate) => sameKey(candidate, element, key) && includes(candidate, element)),
  );
}

function sameKey(candidate: unknown, element: unknown, key: string): boolean {
  return isJsonObject(candidate) && isJsonObject(element) && candidate[key] === element[key];
}
