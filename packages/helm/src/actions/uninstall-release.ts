/** Takes a release off the cluster: its hooks, its objects, its records. */
import { errorText } from '@kindred/machinery';
import { runHooks } from '../hooks/run-hooks.ts';
import { OperationRecord } from '../release/operation-record.ts';
import type { Release } from '../release/release.ts';
import { ReleaseError } from '../release/release-error.ts';
import { sortByKind, UNINSTALL_ORDER } from '../render/kind-order.ts';
import { sortManifests } from '../render/manifests.ts';
import { splitDocuments } from '../render/split-documents.ts';
import { buildResources } from '../resources/build.ts';
import { type Cascade, deleteResources } from '../resources/delete.ts';
import { isKept } from '../resources/keep-policy.ts';
import type { Resource } from '../resources/resource.ts';
import { type WaitStrategy, waitForDeletion } from '../resources/wait/wait.ts';
import { type ActionContext, clusterOf, timestamp } from './action-context.ts';
import { hookHost } from './deploy.ts';
import { supersede } from './supersede.ts';

export interface UninstallSettings {
  readonly noHooks: boolean;
  readonly keepHistory: boolean;
  readonly cascade: Cascade;
  readonly wait: WaitStrategy;
  readonly timeoutMilliseconds: number;
  readonly description: string;
}

export interface Uninstalled {
  readonly release: Release;
  /** Objects that stay in the cluster because of their resource policy: `[ConfigMap] settings`. */
  readonly kept: readonly string[];
}

/** `history`: all revisions, newest first. @throws ReleaseError */
export async function uninstallRelease(
  context: ActionContext,
  history: readonly Release[],
  settings: UninstallSettings,
): Promise<Uninstalled> {
  const [newest] = history;
  if (newest === undefined) throw new ReleaseError('Invalid', 'no release provided');
  const record = new OperationRecord(context.storage, newest);
  const description = 'Deletion in progress (or silently failed)';
  record.setInfo({ status: 'uninstalling', deleted: timestamp(context), description });
  const host = hookHost(context, record, { ...settings, serverSide: true });
  if (!settings.noHooks) await runHooks(host, 'pre-delete');
  await save(context, record);
  const { kept, resources } = await deleteObjects(context, newest, settings);
  const errors: unknown[] = [];
  const attempt = (step: Promise<void>): Promise<void> =>
    step.catch((error: unknown) => {
      context.signal?.throwIfAborted();
      errors.push(error);
    });
  const wait = { strategy: settings.wait, timeoutMilliseconds: settings.timeoutMilliseconds };
  await attempt(waitForDeletion(clusterOf(context), resources, wait));
  if (!settings.noHooks) await attempt(runHooks(host, 'post-delete'));
  const done = settings.description === '' ? 'Uninstallation complete' : settings.description;
  record.setInfo({ status: 'uninstalled', description: done });
  if (settings.keepHistory) {
    await save(context, record);
    // After failed upgrades an older revision is still the deployed one.
    const deployed = history.filter(({ revision, info }) => revision !== newest.revision && info.status === 'deployed');
    await supersede(context, deployed);
  } else await attempt(purge(context, history));
  if (errors.length > 0) {
    const message = `uninstallation completed with ${errors.length} error(s): ${errors.map(errorText).join('; ')}`;
    throw new ReleaseError('Failed', message, { cause: errors[0] });
  }
  return { release: record.release, kept };
}

/** Deletes the records of all revisions, oldest first as helm does, and what stable generators gave for them. */
export async function purge({ storage, generators }: ActionContext, history: readonly Release[]): Promise<void> {
  const failed = (error: unknown): never => {
    throw new ReleaseError('Failed', `uninstall: Failed to purge the release: ${errorText(error)}`, { cause: error });
  };
  for (const { name, revision } of history.toReversed()) await storage.delete(name, revision).catch(failed);
  const [newest] = history;
  if (newest !== undefined) await generators?.delete(newest.name).catch(failed);
}

async function save(context: ActionContext, record: OperationRecord): Promise<void> {
  try {
    await record.save();
  } catch (error) {
    context.signal?.throwIfAborted();
    context.report({ type: 'debug', message: `uninstall: Failed to store updated release: ${errorText(error)}` });
  }
}

async function deleteObjects(
  context: ActionContext,
  { name, manifest }: Release,
  { cascade }: UninstallSettings,
): Promise<{ readonly kept: readonly string[]; readonly resources: readonly Resource[] }> {
  const cluster = clusterOf(context);
  try {
    const files = new Map(splitDocuments(manifest).map((document, index) => [`manifest-${index}`, document]));
    const { manifests } = sortManifests(files);
    const sorted = sortByKind(manifests, ({ kind }) => kind, UNINSTALL_ORDER);
    const built = await Promise.all(
      sorted.map(async (each) => ({
        each,
        resources: await buildResources(cluster, each.content, { validate: false }),
      })),
    );
    const isKeptDocument = ({ resources }: (typeof built)[number]): boolean =>
      resources.some(({ object }) => isKept(object));
    const kept = built.filter(isKeptDocument);
    const resources = built.filter((document) => !kept.includes(document)).flatMap((document) => document.resources);
    for (const resource of kept.flatMap((document) => document.resources)) cluster.report?.({ type: 'kept', resource });
    const { errors } = await deleteResources(cluster, resources, { cascade });
    if (errors.length > 0) throw errors[0];
    return { kept: kept.map(({ each }) => `[${each.kind}] ${each.name}`), resources };
  } catch (error) {
    context.signal?.throwIfAborted();
    context.report({ type: 'debug', message: `uninstall: Failed to delete release: ${errorText(error)}` });
    throw new ReleaseError('Failed', `failed to delete release: ${name}`, { cause: error });
  }
}
