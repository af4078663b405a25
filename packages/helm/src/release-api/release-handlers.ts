/** The verbs of releases: reads of their newest records, and rollbacks and uninstalls, all as whoever asks. */
import type {
  DeleteCall,
  ListAnswer,
  ListCall,
  NamedCall,
  ServedEvent,
  UpdateCall,
  WatchCall,
} from '@kindred/operator/api-server';
import type { Release } from './kinds/release.ts';
import { releaseObject } from './objects/release-object.ts';
import { RELEASES } from './operations/action-failure.ts';
import type { ActionKit } from './operations/release-action.ts';
import { updateRelease } from './operations/roll-back-release.ts';
import { deleteRelease } from './operations/uninstall-release.ts';
import { reading, watching } from './reading.ts';
import { pageOf, parsePagePosition } from './records/page.ts';
import { findRecords, newestRecord, readNewest } from './records/read-releases.ts';
import { keyOfRelease, newestOnly } from './records/record-metadata.ts';
import { onlyNameOf, selection } from './records/selection.ts';
import { watchReleases } from './records/watch-releases.ts';

export function listReleases(call: ListCall): Promise<ListAnswer<Release>> {
  return reading(RELEASES, '', async () => {
    const { caller: client, namespace, signal, limit } = call;
    const isWanted = selection(call, ({ name }) => name);
    const position = parsePagePosition(call.continue);
    const { records, resourceVersion } = await findRecords({ client, namespace, signal }, position);
    const after = position?.after ?? '';
    const page = pageOf(newestOnly(records).filter(isWanted), keyOfRelease, { limit, resourceVersion, after });
    const secrets = await readNewest({ client, namespace, signal }, page.items);
    return { ...page, items: secrets.flatMap((secret) => releaseObject(secret) ?? []), resourceVersion };
  });
}

export function getRelease({ caller: client, namespace, name, signal }: NamedCall): Promise<Release | undefined> {
  return reading(RELEASES, name, async () => {
    const secret = await newestRecord({ client, namespace, signal }, name);
    return secret === undefined ? undefined : releaseObject(secret);
  });
}

export function watchOfReleases(call: WatchCall): AsyncGenerator<ServedEvent<Release>> {
  const { caller: client, namespace, signal } = call;
  const onlyName = onlyNameOf(call);
  return watching(RELEASES, watchReleases({ client, namespace, signal }, { ...call, onlyName }), signal);
}

/** Any write of the object: the only one that is allowed rolls it back. */
export function writeRelease(kit: ActionKit, call: UpdateCall<Release>): Promise<Release> {
  return updateRelease(kit, call, call);
}

export function removeRelease(kit: ActionKit, call: DeleteCall): Promise<Release | undefined> {
  return call.dryRun ? getRelease(call) : deleteRelease(kit, call, call.propagationPolicy);
}
