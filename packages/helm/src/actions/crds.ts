/**
 * The definitions in a chart's crds/ directory, which come before everything else. They belong to no release; uninstall
 * leaves them. Without a policy they are sent as helm does: all of them on install, never again.
 */
import { applyCrds, type CrdFile, installCrds } from '../resources/crds/apply-crds.ts';
import { type ActionContext, clusterOf } from './action-context.ts';
import type { CrdsPolicy } from './action-options.ts';

/** @throws ResourceError */
export async function sendCrds(
  context: ActionContext,
  files: readonly CrdFile[],
  {
    policy,
    isInstall,
    serverSide,
  }: { readonly policy: CrdsPolicy | undefined; readonly isInstall: boolean; readonly serverSide: boolean },
): Promise<void> {
  if (policy === 'skip' || (policy === undefined && !isInstall)) return;
  if (files.length === 0) return;
  context.report({ type: 'phase', phase: 'crds', detail: files.map(({ path }) => path).join(', ') });
  const cluster = clusterOf(context);
  const mode = { serverSide };
  if (policy === undefined) await installCrds(cluster, files, mode);
  else await applyCrds(cluster, files, { policy, mode });
  // What is rendered next may ask for the new kinds.
  context.mapper.reset();
}
