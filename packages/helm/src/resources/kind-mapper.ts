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
  /** What is served as templates ask for it: `apps/v1`, `apps/v1/Deployment`, kinds of subresources among them. */
  apiVersions(signal?: AbortSignal): Promise<readonly string[]>;
  reset(): void;
}

/** @throws (from its methods) StatusError or the transport's error when discovery can't be read. */
export function createKindMapper(client: Client): KindMapper {
  let known: Promise<Served> | undefined;
  const all = (signal?: AbortSignal): Promise<Served> => {
    if (known !== undefined) return known;
    const asked = readServed(client, signal);
    // An outage must not be remembered as the answer.
    asked.catch(() => {
      if (known === asked) known = undefined;
    });
    known = asked;
    return asked;
  };
  return {
    async kindOf(apiVersion, kind, signal) {
      return (await all(signal)).kinds.get(kindKey({ ...parseGroupVersion(apiVersion), kind }));
    },
    kinds: async (signal) => [...(await all(signal)).kinds.values()],
    apiVersions: async (signal) => [...(await all(signal)).apiVersions],
    reset() {
      known = undefined;
    },
  };
}

interface Served {
  readonly kinds: ReadonlyMap<string, KindRef>;
  readonly apiVersions: ReadonlySet<string>;
}

async function readServed(client: Client, signal: AbortSignal | undefined): Promise<Served> {
  const kinds = new Map<string, KindRef>();
  const apiVersions = new Set<string>();
  for (const { kind, subresourceKinds } of await discoverAllVersions(client, signal)) {
    const key = kindKey(kind);
    if (!kinds.has(key)) kinds.set(key, kind);
    const groupVersion = formatGroupVersion(kind);
    apiVersions.add(groupVersion).add(key);
    for (const subresourceKind of subresourceKinds) apiVersions.add(`${groupVersion}/${subresourceKind}`);
  }
  return { kinds, apiVersions };
}

/** Tells kinds apart, versions too. */
export function kindKey(kind: GroupVersionKind): string {
  return `${formatGroupVersion(kind)}/${kind.kind}`;
}
