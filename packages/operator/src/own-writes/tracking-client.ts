/** A client that tells of each successful write: what a controller must have read back before it looks again. */
import { type Client, keyOf } from '@kindred/client';
import type { KindRef, KubeObject, Observed } from '@kindred/machinery';

export interface OwnWrite {
  readonly kind: KindRef<KubeObject>;
  /** `namespace/name` of the object written. */
  readonly key: string;
  /** The version that the write made; undefined for deletions, which have none. */
  readonly resourceVersion: string | undefined;
  /** For deletions, the uid that was to go, when the caller named it. */
  readonly uid?: string | undefined;
}

/** The same client; `onWrite` hears of every object that it writes or deletes. Subresources other than status aren't followed. */
export function trackingClient(client: Client, onWrite: (write: OwnWrite) => void): Client {
  const noted = async <T extends KubeObject>(kind: KindRef<T>, write: Promise<Observed<T>>): Promise<Observed<T>> => {
    const object = await write;
    onWrite({ kind, key: keyOf(object), resourceVersion: object.metadata.resourceVersion });
    return object;
  };
  return {
    ...client,
    create: (kind, object, options) => noted(kind, client.create(kind, object, options)),
    update: (kind, object, options) => noted(kind, client.update(kind, object, options)),
    updateStatus: (kind, object, options) => noted(kind, client.updateStatus(kind, object, options)),
    apply: (kind, object, options) => noted(kind, client.apply(kind, object, options)),
    applyStatus: (kind, object, options) => noted(kind, client.applyStatus(kind, object, options)),
    mergePatch: (kind, at, patch, options) => noted(kind, client.mergePatch(kind, at, patch, options)),
    jsonPatch: (kind, at, patch, options) => noted(kind, client.jsonPatch(kind, at, patch, options)),
    strategicPatch: (kind, at, patch, options) => noted(kind, client.strategicPatch(kind, at, patch, options)),
    async delete(kind, at, options) {
      await client.delete(kind, at, options);
      const { name, namespace } = at;
      const key = keyOf({
        metadata: namespace === undefined || kind.scope === 'Cluster' ? { name } : { name, namespace },
      });
      onWrite({ kind, key, resourceVersion: undefined, uid: options?.preconditions?.uid });
    },
    as: (fieldManager) => trackingClient(client.as(fieldManager), onWrite),
    impersonating: (username) => trackingClient(client.impersonating(username), onWrite),
  };
}
