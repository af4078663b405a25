/**
 * Watches the objects of releases, so that drift is seen when it happens. Kinds are only known once a release is there, so
 * informers are added as they turn up; they hold nothing but metadata, of objects that Helm manages.
 */
import { type Informer, type InformerFactory, keyOf } from '@kindred/client';
import type { KindRef, KubeObject, Observed } from '@kindred/machinery';
import { type Enqueue, intentChanged } from '@kindred/operator';
import { withoutDetails } from './metadata-only.ts';

const MANAGED = 'app.kubernetes.io/managed-by=Helm';
const RELEASE_NAME = 'meta.helm.sh/release-name';
const RELEASE_NAMESPACE = 'meta.helm.sh/release-namespace';

/** Index of releases' objects by the release that they are for: `namespace/name`. */
export const releaseIndex = 'release';

export class ObjectWatcher {
  readonly #informers: InformerFactory;
  readonly #watched = new Set<string>();
  /** Keys whose objects have changed since they were looked at. */
  readonly #changed = new Set<string>();
  #enqueue: Enqueue = () => undefined;
  #primary: Informer<KubeObject> | undefined;

  constructor(informers: InformerFactory) {
    this.#informers = informers;
  }

  /** Whom to tell of changes. */
  connect(primary: Informer<KubeObject>, enqueue: Enqueue): void {
    this.#primary = primary;
    this.#enqueue = enqueue;
  }

  /** Sees to it that objects of these kinds are watched. */
  watch(kinds: readonly KindRef[]): void {
    for (const kind of kinds) {
      const name = `${kind.group}/${kind.plural}`;
      if (this.#watched.has(name)) continue;
      this.#watched.add(name);
      const scope = { labelSelector: MANAGED, projection: 'metadata', transform: withoutDetails } as const;
      this.#informers.informer<KubeObject>(kind, scope).addHandler({
        // Those of the first list have been looked at already.
        added: (object, { initial }) => {
          if (!initial) this.#note(object);
        },
        updated: (object, old) => {
          if (intentChanged(object, old)) this.#note(object);
        },
        // Also when the label was taken off.
        deleted: (object) => this.#note(object),
      });
    }
  }

  /** True once after each change. */
  takeChange(key: string): boolean {
    return this.#changed.delete(key);
  }

  #note({ metadata }: Observed<KubeObject>): void {
    const name = metadata.annotations?.[RELEASE_NAME];
    const namespace = metadata.annotations?.[RELEASE_NAMESPACE];
    if (name === undefined || namespace === undefined) return;
    for (const object of this.#primary?.lister.byIndex(releaseIndex, `${namespace}/${name}`) ?? []) {
      const key = keyOf(object);
      this.#changed.add(key);
      this.#enqueue(key, { priority: 0 });
    }
  }
}
