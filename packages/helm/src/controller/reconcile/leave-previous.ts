/**
 * A release that the object made under another name or in another namespace: it is uninstalled before that of now is made, as
 * Flux does it. The status says which it was.
 */
import { uninstall } from '../../actions/uninstall.ts';
import { actionContextOf } from './action-kit.ts';
import { progressOf } from './progress-of-status.ts';
import type { ReleaseRun } from './release-kit.ts';
import type { ReleaseStatus } from './release-object.ts';

interface Place {
  readonly releaseName: string;
  readonly targetNamespace: string;
  readonly storageNamespace: string;
}

/** Where the release was that the status speaks of; undefined when it is where it should be, or there is none. */
function previousPlace(status: ReleaseStatus, now: Place): Place | undefined {
  const [snapshot] = status.history ?? [];
  if (snapshot === undefined || progressOf(status).made === undefined) return undefined;
  const { name: releaseName, namespace: targetNamespace } = snapshot;
  const storageNamespace = status.storageNamespace ?? now.storageNamespace;
  const isSame =
    releaseName === now.releaseName &&
    targetNamespace === now.targetNamespace &&
    storageNamespace === now.storageNamespace;
  return isSame ? undefined : { releaseName, targetNamespace, storageNamespace };
}

/** True when there was one, and it is gone. @throws ReleaseError when it can't be uninstalled */
export async function leavePrevious({ kit, context, object, intent, writer }: ReleaseRun): Promise<boolean> {
  const previous = previousPlace(writer.status, intent);
  if (previous === undefined) return false;
  const { keepHistory, disableHooks, propagation, wait, timeout } = intent.uninstall;
  await uninstall(await actionContextOf(kit, context, { ...intent, ...previous }), {
    name: previous.releaseName,
    ignoreNotFound: true,
    keepHistory,
    noHooks: disableHooks,
    cascade: propagation,
    wait: wait ? 'watcher' : 'hookOnly',
    timeoutMilliseconds: timeout,
  });
  kit.histories.delete(context.key);
  kit.drifts.delete(context.key);
  const { releaseName, targetNamespace } = previous;
  const message = `release ${targetNamespace}/${releaseName} was uninstalled: the object means another one now`;
  context.events.record(object, { type: 'Normal', reason: 'UninstallSucceeded', message });
  return true;
}
