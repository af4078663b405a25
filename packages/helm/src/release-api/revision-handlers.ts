/** The verbs of revisions: reads of all records, as whoever asks. */
import type { ListAnswer, ListCall, NamedCall, ServedEvent, WatchCall } from '@kindred/operator/api-server';
import { releaseKey } from '../release/release-name.ts';
import { ReleaseRevision } from './kinds/release-revision.ts';
import { parseRevisionName, revisionName, revisionObject } from './objects/release-object.ts';
import { reading, watching } from './reading.ts';
import { pageOf, parsePagePosition } from './records/page.ts';
import { findRecords, readRecords, recordAt } from './records/read-releases.ts';
import { historyKeyOf, inHistoryOrder } from './records/record-metadata.ts';
import { onlyNameOf, selection } from './records/selection.ts';
import { watchRevisions } from './records/watch-releases.ts';

const REVISIONS = { group: ReleaseRevision.group, resource: ReleaseRevision.plural };

export function listRevisions(call: ListCall): Promise<ListAnswer<ReleaseRevision>> {
  return reading(REVISIONS, '', async () => {
    const { caller: client, namespace, signal, limit } = call;
    const isWanted = selection(call, revisionName);
    const position = parsePagePosition(call.continue);
    const { records, resourceVersion } = await findRecords({ client, namespace, signal }, position);
    const after = position?.after ?? '';
    const page = pageOf(inHistoryOrder(records).filter(isWanted), historyKeyOf, { limit, resourceVersion, after });
    const secrets = await readRecords({ client, namespace, signal }, page.items);
    return { ...page, items: secrets.flatMap((secret) => revisionObject(secret) ?? []), resourceVersion };
  });
}

export function getRevision({
  caller: client,
  namespace,
  name,
  signal,
}: NamedCall): Promise<ReleaseRevision | undefined> {
  return reading(REVISIONS, name, async () => {
    const wanted = parseRevisionName(name);
    if (wanted === undefined) return undefined;
    const secret = await recordAt(
      { client, namespace, signal },
      { namespace, secret: releaseKey(wanted.name, wanted.revision) },
    );
    return secret === undefined ? undefined : revisionObject(secret);
  });
}

export function watchOfRevisions(call: WatchCall): AsyncGenerator<ServedEvent<ReleaseRevision>> {
  const { caller: client, namespace, signal } = call;
  const onlyName = onlyNameOf(call);
  return watching(REVISIONS, watchRevisions({ client, namespace, signal }, { ...call, onlyName }), signal);
}
