/**
 * From a manifest's apiVersion and kind to the resource that a cluster serves, by discovery: client-go's RESTMapper.
 *
 * Discovery is read once, when first asked; `reset` forgets it, which is due after definitions were created.
 */
import { type Client, discoverAllVersions } from '@kindred/client';
import { formatGroupVersion, type GroupVersionKind, type KindRef, parseGroupVersion } from '@kindred/machinery';

export interface KindMapper {
  /** The resource of a kind, or undefined when the cluster doesn't serve it. */
  kindOf(apiVersion: string, kind: string, signal?: AbortSignal): Promise<KindRef | undefined>;
  /** Everything that is served, in all its versions. */
  kinds(signal?: AbortSignal): Promise<readonly KindRef[]>;
  reset(): void;
}

/** @throws (from its methods) StatusError or the transport's error when discovery can't be read. */
export function createKindMapper(client: Client): KindMapper {
  let known: Promise<ReadonlyMap<string, KindRef>> | undefined;
  const all = (signal?: AbortSignal): Promise<ReadonlyMap<string, KindRef>> => {
    if (known !== undefined) return known;
    const asked = readKinds(client, signal);
    // An outage must not be remembered as the answer.
    asked.catch(() => {
      if (known === asked) known = undefined;
    });
    known = asked;
    return asked;
  };
  return {
    async kindOf(apiVersion, kind, signal) {
      return (await all(signal)).get(keyOf({ ...parseGroupVersion(apiVersion), kind }));
    },
    kinds: async (signal) => [...(await all(signal)).values()],
    reset() {
      known = undefined;
    },
  };
}

async function readKinds(client: Client, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, KindRef>> {
  const kinds = new Map<string, KindRef>();
  for (const { kind } of await discoverAllVersions(client, signal)) {
    const key = keyOf(kind);
    if (!kinds.has(key)) kinds.set(key, kind);
  }
  return kinds;
}

function keyOf(kind: GroupVersionKind): string {
  return `${formatGroupVersion(kind)}/${kind.kind}`;
}
