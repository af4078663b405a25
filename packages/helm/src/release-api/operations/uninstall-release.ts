/** Uninstalls by kubectl: deleting a release, or a body posted to its subresource `uninstall`. */
import { parseDuration } from '@kindred/machinery';
import { type UninstallOptions, uninstall } from '../../actions/uninstall.ts';
import type { Cascade } from '../../resources/delete.ts';
import type { Release } from '../kinds/release.ts';
import type { ReleaseUninstall } from '../kinds/release-actions.ts';
import { type ActionCall, type ActionKit, actOn } from './release-action.ts';

type PropagationPolicy = 'Background' | 'Foreground' | 'Orphan';

const CASCADES: Readonly<Record<PropagationPolicy, Cascade>> = {
  Background: 'background',
  Foreground: 'foreground',
  Orphan: 'orphan',
};

/** Undefined when it is gone. */
export function deleteRelease(
  kit: ActionKit,
  call: ActionCall,
  policy: PropagationPolicy = 'Background',
): Promise<Release | undefined> {
  return uninstallWith(kit, call, { cascade: CASCADES[policy] });
}

/** Undefined when it is gone. */
export function postedUninstall(
  kit: ActionKit,
  call: ActionCall,
  { timeout, ...options }: ReleaseUninstall['spec'],
): Promise<Release | undefined> {
  const timeoutMilliseconds = timeout === undefined ? undefined : parseDuration(timeout);
  return uninstallWith(kit, call, { ...options, timeoutMilliseconds });
}

function uninstallWith(
  kit: ActionKit,
  call: ActionCall,
  options: Omit<UninstallOptions, 'name'>,
): Promise<Release | undefined> {
  const { name } = call;
  return actOn(kit, call, { verb: 'uninstall', act: (context) => uninstall(context, { ...options, name }) });
}
