/** The subresources of releases that do something: `rollback`, `uninstall` and `test`, each with a body of its own kind. */
import { type KubeObject, notFound } from '@kindred/machinery';
import type { NamedCall, SubresourceCall } from '@kindred/operator/api-server';
import type { Release } from './kinds/release.ts';
import { ReleaseRollback, ReleaseTest, ReleaseUninstall } from './kinds/release-actions.ts';
import { RELEASES } from './operations/action-failure.ts';
import type { ActionKit } from './operations/release-action.ts';
import { postedRollback } from './operations/roll-back-release.ts';
import { testRelease } from './operations/test-release.ts';
import { postedUninstall } from './operations/uninstall-release.ts';
import { getRelease } from './release-handlers.ts';

export async function rollbackOf(kit: ActionKit, call: SubresourceCall<ReleaseRollback>): Promise<KubeObject> {
  const spec = call.body?.spec ?? { revision: 0 };
  return answer(ReleaseRollback, call, {
    spec,
    status: outcomeOf(await postedRollback(kit, call, { spec, dryRun: call.dryRun })),
  });
}

export async function uninstallOf(kit: ActionKit, call: SubresourceCall<ReleaseUninstall>): Promise<KubeObject> {
  const spec = call.body?.spec ?? {};
  const left = call.dryRun ? await present(call) : await postedUninstall(kit, call, spec);
  return answer(ReleaseUninstall, call, left === undefined ? { spec } : { spec, status: outcomeOf(left) });
}

export async function testOf(kit: ActionKit, call: SubresourceCall<ReleaseTest>): Promise<KubeObject> {
  const spec = call.body?.spec ?? {};
  const release = call.dryRun ? await present(call) : await testRelease(kit, call, spec);
  if (release === undefined) throw notFound(RELEASES, call.name);
  const hooks = (release.status?.hooks ?? []).filter(({ events }) => events.includes('test'));
  const tests = hooks.map(({ name, lastRun }) => ({ name, ...lastRun }));
  return answer(ReleaseTest, call, { spec, status: { ...outcomeOf(release), tests } });
}

async function present(call: NamedCall): Promise<Release> {
  const release = await getRelease(call);
  if (release === undefined) throw notFound(RELEASES, call.name);
  return release;
}

function outcomeOf({ status = {} }: Release): object {
  const { revision = 0, status: text = '', description = '' } = status;
  return { revision, status: text, description };
}

function answer(
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  { name, namespace }: NamedCall,
  content: object,
): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace }, ...content };
}
