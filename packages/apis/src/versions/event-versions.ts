/** Events as events.k8s.io/v1 names their fields; they are stored as core/v1. */
import type { Unstructured } from '@kindred/machinery';

/** events.k8s.io → core. What isn't listed has the same name in both. */
const fieldNames: Readonly<Record<string, string>> = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
};

const storedNames = Object.fromEntries(Object.entries(fieldNames).map(([name, stored]) => [stored, name]));

export function eventToStorage(event: Unstructured): Unstructured {
  return renamed(event, fieldNames);
}

export function eventFromStorage(event: Unstructured): Unstructured {
  return renamed(event, storedNames);
}

function renamed(event: Unstructured, names: Readonly<Record<string, string>>): Unstructured {
  const { apiVersion, kind, metadata, ...fields } = event;
  const members = Object.entries(fields).map(([name, value]) => [names[name] ?? name, value] as const);
  return { apiVersion, kind, metadata, ...Object.fromEntries(members) };
}
