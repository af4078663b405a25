/** The records of a release. They are large, so they are read again only when the informer shows other versions of them. */
import { Secret } from '@kindred/apis/core/v1';
import type { ActionContext } from '../../actions/action-context.ts';
import { type RecordedDetails, recordedHistory } from './recorded.ts';
import type { ReleaseRun } from './release-kit.ts';

/** Index of Secrets: `namespace/release` of the records among them. */
export const recordIndex = 'record';

/** Newest first. `isFresh` doesn't trust what was read before. */
export async function readHistory(
  { kit, context, intent }: ReleaseRun,
  actions: ActionContext,
  { isFresh }: { readonly isFresh: boolean },
): Promise<readonly RecordedDetails[]> {
  const { key } = context;
  // No informer shows the records of another cluster.
  if (intent.kubeConfig !== undefined) return recordedHistory(actions.storage, intent.releaseName);
  const seen = context
    .lister(Secret)
    .byIndex(recordIndex, `${intent.storageNamespace}/${intent.releaseName}`)
    .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`)
    .sort()
    .join(' ');
  const known = kit.histories.get(key);
  if (!isFresh && known?.seen === seen) return known.history;
  const history = await recordedHistory(actions.storage, intent.releaseName);
  kit.histories.set(key, { seen, history });
  return history;
}
