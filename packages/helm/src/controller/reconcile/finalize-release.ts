/** What happens when the object of a release is deleted: the release is uninstalled first, unless it isn't the object's. */
import { hasFinalizer, type ReconcileContext, type ReconcileResult, removeFinalizer } from '@kindred/operator';
import { uninstall } from '../../actions/uninstall.ts';
import { actionContextOf } from './action-kit.ts';
import { progressOf } from './progress-of-status.ts';
import { forgetRelease, type ReleaseKit } from './release-kit.ts';
import type { ReleaseObject } from './release-object.ts';

/** @throws ReleaseError when the release can't be uninstalled: the object stays until it can */
export async function finalizeRelease(
  kit: ReleaseKit,
  context: ReconcileContext<ReleaseObject>,
  object: ReleaseObject,
): Promise<ReconcileResult | undefined> {
  const { finalizer, kind } = kit.releases;
  if (!hasFinalizer(object, finalizer)) return undefined;
  const identity = kit.releases.identityOf(object);
  // Never made, or not to be touched.
  if (progressOf(object.status).made !== undefined && !identity.suspend) {
    const { releaseName: name, uninstall: settings } = identity;
    await uninstall(await actionContextOf(kit, context, identity), {
      name,
      ignoreNotFound: true,
      keepHistory: settings.keepHistory,
      noHooks: settings.disableHooks,
      cascade: settings.propagation,
      wait: settings.wait ? 'watcher' : 'hookOnly',
      timeoutMilliseconds: settings.timeout,
    });
    const message = `Helm uninstall succeeded for release ${identity.targetNamespace}/${name}`;
    context.events.record(object, { type: 'Normal', reason: 'UninstallSucceeded', message });
  }
  await removeFinalizer(kind, object, { client: context.client, finalizer, signal: context.signal });
  forgetRelease(kit, context.key);
  return undefined;
}
