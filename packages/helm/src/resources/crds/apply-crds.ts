/**
 * The definitions in a chart's `crds/`: helm sends them before everything else of an install and never again. With a policy
 * they are also looked after on upgrade: `create` adds what is missing, `update` changes what is there too, when that is
 * safe; `skip` leaves them alone.
 */
import { getList, getString, isStatusError, type KindRef, type Unstructured } from '@kindred/machinery';
import { buildResources } from '../build.ts';
import { type Cluster, findLive } from '../cluster.ts';
import { createResources } from '../create.ts';
import type { Resource } from '../resource.ts';
import { ResourceError, wrapped } from '../resource-error.ts';
import { waitForReady } from '../wait/wait.ts';
import { applyOne, createOne } from '../write.ts';
import { type WriteMode } from '../write-mode.ts';
import { type CrdProblem, crdProblems } from './crd-safety.ts';

/** A file below `crds/`. */
export interface CrdFile {
  readonly path: string;
  readonly content: string;
}

/** Values of `--crds`. */
export type CrdPolicy = 'skip' | 'create' | 'update';

const ESTABLISHED_MILLISECONDS = 60_000;

/**
 * Sends all definitions, file by file, and waits until they are served: what helm does on install.
 *
 * @throws ResourceError naming the file that can't be sent
 */
export async function installCrds(cluster: Cluster, files: readonly CrdFile[], mode: WriteMode): Promise<void> {
  const sent: Resource[] = [];
  for (const file of files) {
    const resources = await buildFile(cluster, file);
    try {
      await createResources(cluster, resources, mode);
      sent.push(...resources);
    } catch (error) {
      const isThere = error instanceof ResourceError && isStatusError(error.cause, 'AlreadyExists');
      if (!isThere) throw failedToInstall(file.path, error);
    }
  }
  await established(cluster, sent);
}

export interface CrdOptions {
  readonly policy: CrdPolicy;
  readonly mode: WriteMode;
  /** Updates although that isn't safe. */
  readonly force?: boolean | undefined;
}

/** What is, or was, to be done with one definition. */
export interface CrdChange {
  readonly resource: Resource;
  readonly action: 'create' | 'update' | 'keep';
  /** Undefined when there was none. */
  readonly live: Unstructured | undefined;
  /** What speaks against an update. */
  readonly problems: readonly CrdProblem[];
}

/**
 * What a policy would do, without doing it.
 *
 * @throws ResourceError when a file can't be read
 */
export async function planCrds(cluster: Cluster, files: readonly CrdFile[], policy: CrdPolicy): Promise<CrdChange[]> {
  const changes: CrdChange[] = [];
  for (const file of policy === 'skip' ? [] : files) {
    for (const resource of await buildFile(cluster, file)) {
      const live = await findLive(cluster, resource);
      const action = live === undefined ? 'create' : policy === 'update' ? 'update' : 'keep';
      const problems = live === undefined || action === 'keep' ? [] : await problemsOf(cluster, live, resource);
      changes.push({ resource, action, live, problems });
    }
  }
  return changes;
}

/**
 * Brings the definitions to what the policy asks for and waits until they are served. Nothing is changed when one of them
 * can't be updated safely.
 *
 * @throws ResourceError listing each problem with the field that it concerns
 */
export async function applyCrds(
  cluster: Cluster,
  files: readonly CrdFile[],
  { policy, mode, force = false }: CrdOptions,
): Promise<CrdChange[]> {
  const changes = await planCrds(cluster, files, policy);
  if (!force) refuseUnsafe(changes);
  const written: Resource[] = [];
  for (const { resource, action, live } of changes) {
    cluster.signal?.throwIfAborted();
    if (action === 'keep') continue;
    // Changes are always merged by the server: a definition has no old manifest to compare with.
    const now =
      action === 'create' ? await createOne(cluster, resource, mode) : await applyOne(cluster, resource, mode);
    const isSame = live?.metadata.resourceVersion === now.metadata.resourceVersion;
    cluster.report?.({ type: live === undefined ? 'created' : isSame ? 'unchanged' : 'configured', resource });
    written.push(resource);
  }
  if (mode.dryRun !== true) await established(cluster, written);
  return changes;
}

async function buildFile(cluster: Cluster, { path, content }: CrdFile): Promise<Resource[]> {
  try {
    const resources = await buildResources(cluster, content, { validate: false });
    if (resources.length > 0) return resources.map((resource) => ({ ...resource, source: path }));
  } catch (error) {
    cluster.signal?.throwIfAborted();
    throw failedToInstall(path, error);
  }
  throw failedToInstall(path, 'resources are empty');
}

/** Helm names the file as its chart does, without the chart. */
function failedToInstall(path: string, error: unknown): ResourceError {
  return wrapped(`failed to install CRD ${path.replace(/^.*?\/(?=crds\/)/, '')}`, error);
}

async function established(cluster: Cluster, resources: readonly Resource[]): Promise<void> {
  if (resources.length === 0) return;
  await waitForReady(cluster, resources, { strategy: 'watcher', timeoutMilliseconds: ESTABLISHED_MILLISECONDS });
  // The kinds that are new aren't in what was discovered before.
  cluster.mapper.reset();
}

async function problemsOf(cluster: Cluster, live: Unstructured, wanted: Resource): Promise<CrdProblem[]> {
  if (wanted.kind.kind !== 'CustomResourceDefinition') return [];
  const problems = crdProblems(live, wanted.object);
  if (!problems.some(({ onlyWithObjects }) => onlyWithObjects)) return problems;
  if (await hasObjects(cluster, live)) return problems;
  return problems.filter(({ onlyWithObjects }) => !onlyWithObjects);
}

/** Whether there is at least one object of the defined kind, in any namespace. */
async function hasObjects({ client, signal }: Cluster, definition: Unstructured): Promise<boolean> {
  const served = getList(definition, 'spec.versions').find((version) => isServed(version));
  if (served === undefined) return true; // Can't be looked at, so it must be reckoned with.
  const kind: KindRef = {
    group: getString(definition, 'spec.group') ?? '',
    version: getString(served, 'name') ?? '',
    kind: getString(definition, 'spec.names.kind') ?? '',
    plural: getString(definition, 'spec.names.plural') ?? '',
    scope: getString(definition, 'spec.scope') === 'Cluster' ? 'Cluster' : 'Namespaced',
  };
  const { items } = await client.listPage(kind, {}, { limit: 1, projection: 'metadata', signal });
  return items.length > 0;
}

function isServed(version: unknown): boolean {
  return typeof version === 'object' && version !== null && 'served' in version && version.served === true;
}

function refuseUnsafe(changes: readonly CrdChange[]): void {
  const unsafe = changes.filter(({ problems }) => problems.length > 0);
  if (unsafe.length === 0) return;
  const texts = unsafe.flatMap(({ resource, problems }) => [
    `CRD ${resource.name} can't be updated without harm to what is there:`,
    ...problems.map(({ path, detail }) => `  ${path}: ${detail}`),
  ]);
  throw new ResourceError(texts.join('\n'));
}
