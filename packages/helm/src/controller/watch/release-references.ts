/**
 * What releases name in the cluster: objects of sources, and the ConfigMaps and Secrets of sources, values and kubeconfigs. A
 * source is often named by way of others, so it is learned anew whenever a release is looked at, not read off its object.
 */
import type { ChartSource, ObjectName, ReleaseIntent, SourceAccess } from '../intent/release-intent.ts';

/** `Kind/namespace/name` */
export type Reference = string;

interface Known {
  readonly all: ReadonlySet<Reference>;
  /** Those that the chart comes from. */
  readonly ofSource: ReadonlySet<Reference>;
}

export class ReleaseReferences {
  readonly #known = new Map<string, Known>();
  /** Keys of releases by what they name. */
  readonly #keys = new Map<Reference, Set<string>>();
  /** How many changes of their sources releases haven't taken up. */
  readonly #changes = new Map<string, number>();

  /** What the release of this key names, in place of what it named before. */
  set(key: string, ofSource: readonly Reference[], others: readonly Reference[]): void {
    this.#drop(key);
    const known = { all: new Set([...ofSource, ...others]), ofSource: new Set(ofSource) };
    this.#known.set(key, known);
    for (const reference of known.all) {
      const keys = this.#keys.get(reference) ?? new Set();
      this.#keys.set(reference, keys.add(key));
    }
  }

  /** Keys of the releases that an object concerns which has changed. */
  changed(reference: Reference): string[] {
    const keys = [...(this.#keys.get(reference) ?? [])];
    for (const key of keys) {
      if (this.#known.get(key)?.ofSource.has(reference)) this.#changes.set(key, this.changesOf(key) + 1);
    }
    return keys;
  }

  /** More than 0 when the source must be asked again, whatever its interval. */
  changesOf(key: string): number {
    return this.#changes.get(key) ?? 0;
  }

  /** The source was asked after so many changes. */
  takenUp(key: string, changes: number): void {
    if (this.changesOf(key) === changes) this.#changes.delete(key);
  }

  forget(key: string): void {
    this.#drop(key);
    this.#changes.delete(key);
  }

  #drop(key: string): void {
    for (const reference of this.#known.get(key)?.all ?? []) {
      const keys = this.#keys.get(reference);
      keys?.delete(key);
      if (keys?.size === 0) this.#keys.delete(reference);
    }
    this.#known.delete(key);
  }
}

export function referenceTo(kind: string, { namespace, name }: ObjectName): Reference {
  return `${kind}/${namespace}/${name}`;
}

/** The ConfigMaps and Secrets that a chart is fetched with, or is in. */
export function sourceReferences(source: ChartSource): Reference[] {
  const secrets = (...names: readonly (ObjectName | undefined)[]): Reference[] =>
    names.flatMap((name) => (name === undefined ? [] : [referenceTo('Secret', name)]));
  const accessed = ({ secret, certSecret, proxySecret, certificateAuthorities: authorities }: SourceAccess) => [
    ...secrets(secret, certSecret, proxySecret),
    ...(authorities === undefined ? [] : [referenceTo('ConfigMap', authorities)]),
  ];
  switch (source.type) {
    case 'inline':
      return [];
    case 'configMap':
      return [referenceTo('ConfigMap', source.object)];
    case 'git': {
      const included = (source.include ?? []).flatMap(({ repository }) => sourceReferences(repository));
      return [...accessed(source.access), ...secrets(source.verify?.secret), ...included];
    }
    case 'oci':
      return [...accessed(source.access), ...secrets(source.keyring, source.cosign)];
    case 'bucket':
      return accessed(source.access);
    default:
      return [...accessed(source.access), ...secrets(source.keyring)];
  }
}

/** Those of the values, but for what mustn't lead to an upgrade, and of the kubeconfig. */
export function otherReferences({
  valuesFrom,
  kubeConfig,
}: Pick<ReleaseIntent, 'valuesFrom'> & { readonly kubeConfig?: ReleaseIntent['kubeConfig'] | undefined }): Reference[] {
  const followed = valuesFrom.filter(({ ignoreUpdates }) => ignoreUpdates !== true);
  const all = kubeConfig === undefined ? followed : [...followed, kubeConfig];
  return all.map(({ kind, object }) => referenceTo(kind, object));
}
