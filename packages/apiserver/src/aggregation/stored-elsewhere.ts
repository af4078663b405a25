/**
 * Notes on namespaces which groups of other servers are sent objects for them, before the first one is sent: a namespace
 * that is deleted while such a server is down waits for those servers, and for no others.
 */
import { storedElsewhereAnnotation } from '@kindred/machinery';
import type { RequestInfo } from '../request/request-info.ts';
import type { ResourceStorage } from '../storage/resource-storage.ts';

/** A PUT or an apply may create, too. */
const creating = new Set(['create', 'update', 'patch']);

/** Undefined when there is nothing to note. */
export function noteStoredElsewhere(namespaces: ResourceStorage, info: RequestInfo): Promise<void> | undefined {
  const { group, namespace, verb } = info;
  if (namespace === '' || !info.isResourceRequest || !creating.has(verb)) return undefined;
  const stored = namespaces.get('', namespace);
  if (stored === undefined || groupsOf(stored.object.metadata.annotations).includes(group)) return undefined;
  return note(namespaces, namespace, group);
}

async function note(namespaces: ResourceStorage, namespace: string, group: string): Promise<void> {
  await namespaces.guaranteedUpdate('', namespace, (current) => {
    const { annotations } = current.object.metadata;
    const groups = groupsOf(annotations);
    if (groups.includes(group)) return undefined;
    const next = current.decode();
    const noted = [...groups, group].sort().join(',');
    next.metadata.annotations = { ...annotations, [storedElsewhereAnnotation]: noted };
    return next;
  });
}

function groupsOf(annotations: Readonly<Record<string, string>> | undefined): readonly string[] {
  return (annotations?.[storedElsewhereAnnotation] ?? '').split(',').filter((group) => group !== '');
}
