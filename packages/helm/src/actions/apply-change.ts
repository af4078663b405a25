/** Writes the objects of a release: all at once as helm does, or in the waves that their annotations ask for. */

import type { Cluster } from '../resources/cluster.ts';
import { createResources } from '../resources/create.ts';
import type { DeployOrder } from '../resources/order/deploy-order.ts';
import { type OrderedWait, waitForWave } from '../resources/order/wait-for-wave.ts';
import { difference, type Resource, resourceKey } from '../resources/resource.ts';
import { NO_CHANGES, type ResourceChanges, ResourceError } from '../resources/resource-error.ts';
import { updateResources } from '../resources/update.ts';
import type { WriteMode } from '../resources/write-mode.ts';

export interface WriteOrder {
  /** Nothing is there yet, so everything is created. */
  readonly isFirst: boolean;
  readonly originals: readonly Resource[];
  readonly targets: readonly Resource[];
  readonly mode: WriteMode;
}

/** The objects that were created. @throws ResourceError with those in its `changes` */
export async function writeAll(cluster: Cluster, work: WriteOrder): Promise<readonly Resource[]> {
  const { isFirst, originals, targets, mode } = work;
  if (targets.length === 0 && originals.length === 0) return [];
  const changes = isFirst
    ? await createResources(cluster, targets, mode)
    : await updateResources(cluster, originals, targets, mode);
  return changes.created;
}

/** What only the old manifest has goes at the end. @throws ResourceError, WaveError */
export async function writeInOrder(
  cluster: Cluster,
  { waves }: DeployOrder,
  work: WriteOrder & { readonly wait: OrderedWait },
): Promise<readonly Resource[]> {
  const { originals, targets, mode, wait } = work;
  const created: Resource[] = [];
  const at = (places: readonly number[]): Resource[] => places.flatMap((place) => targets[place] ?? []);
  const write = async (some: Omit<WriteOrder, 'mode'>): Promise<void> => {
    try {
      created.push(...(await writeAll(cluster, { ...some, mode })));
    } catch (error) {
      throw withEarlier(error, created);
    }
  };
  for (const { members, ready, externals } of waves) {
    try {
      await waitForWave(cluster, { ready: at(ready), externals }, wait);
    } catch (error) {
      cluster.signal?.throwIfAborted();
      throw new WaveError(error, created);
    }
    const wave = at(members);
    const keys = new Set(wave.map(resourceKey));
    const known = originals.filter((original) => keys.has(resourceKey(original)));
    await write({ isFirst: work.isFirst, originals: known, targets: wave });
  }
  await write({ isFirst: false, originals: difference(originals, targets), targets: [] });
  return created;
}

/** What a wave waits for didn't become ready. */
export class WaveError extends Error {
  override readonly name = 'WaveError';
  readonly created: readonly Resource[];

  constructor(cause: unknown, created: readonly Resource[]) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.created = created;
  }
}

function withEarlier(error: unknown, created: readonly Resource[]): unknown {
  if (!(error instanceof ResourceError)) return error;
  const changes: ResourceChanges = {
    ...NO_CHANGES,
    ...error.changes,
    created: [...created, ...error.changes.created],
  };
  return new ResourceError(error.message, { cause: error.cause, changes });
}
