/** Puts an extension's kinds into a cluster, and waits until they are served. */
import { type Client, sleep } from '@kindred/client';
import { type Clock, isStatusError } from '@kindred/machinery';
import { CustomResourceDefinitionV1, isConditionTrue } from '@kindred/schema';
import type { Extension } from './extension.ts';

export interface InstallOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Milliseconds for the kinds to be served; 30 s when not given. */
  readonly limit?: number;
}

const pause = 50;

/**
 * Applies the CustomResourceDefinitions; resolves when all of them are established and their resources answer. Repeating it
 * changes nothing.
 *
 * @throws StatusError what the API server refuses
 * @throws Error when a kind isn't served in time, with the reason that the server gives
 */
export async function installKinds(extension: Extension, options: InstallOptions): Promise<void> {
  for (const crd of extension.crds) {
    await options.client.apply(CustomResourceDefinitionV1, crd, { force: true, signal: options.signal });
  }
  const deadline = options.clock.now() + (options.limit ?? 30_000);
  for (const crd of extension.crds) await waitUntilServed(String(crd.metadata.name), deadline, options);
}

async function waitUntilServed(
  name: string,
  deadline: number,
  { client, clock, signal }: InstallOptions,
): Promise<void> {
  for (;;) {
    const crd = await client.get(CustomResourceDefinitionV1, { name }, { signal });
    if (isConditionTrue(crd, 'Established') && (await answers(client, crd.spec, signal))) return;
    if (clock.now() >= deadline) {
      const conditions = crd.status?.conditions ?? [];
      const why = conditions
        .filter(({ status }) => status === 'False')
        .map(({ type, message }) => `${type}: ${message}`);
      throw new Error(
        `CustomResourceDefinition ${name} is not served in time${why.length > 0 ? ` (${why.join('; ')})` : ''}`,
      );
    }
    await sleep(clock, pause, signal);
  }
}

async function answers(
  client: Client,
  {
    group,
    names,
    versions,
  }: { group: string; names: { plural: string }; versions: readonly { name: string; served: boolean }[] },
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const version = versions.find(({ served }) => served)?.name;
  if (version === undefined) return true;
  try {
    await client.raw({ method: 'GET', path: `/apis/${group}/${version}/${names.plural}`, query: { limit: 1 }, signal });
    return true;
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return false;
    throw error;
  }
}
