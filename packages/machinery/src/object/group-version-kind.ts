/**
 * Names of kinds and resources: group, version, kind, plural resource.
 *
 * The legacy core group is the empty string; its apiVersion is `v1`, every other one `group/version`.
 */

export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

export interface GroupVersionKind extends GroupVersion {
  readonly kind: string;
}

export interface GroupVersionResource extends GroupVersion {
  readonly resource: string;
}

/**
 * What a client needs to know of a kind in order to address it, and the object's type for the compiler.
 * `defineKind` values and the generated built-in kinds are KindRefs.
 *
 * @example const ConfigMap: KindRef<ConfigMap> = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', scope: 'Namespaced' };
 */
export interface KindRef<T extends import('./meta.ts').KubeObject = import('./meta.ts').Unstructured>
  extends GroupVersionKind {
  readonly plural: string;
  readonly scope: 'Namespaced' | 'Cluster';
  /** Never set: only there so that `T` takes part in type inference. */
  readonly objectType?: T;
}

/** `apps` + `v1` → `apps/v1`; the core group gives `v1`. */
export function formatGroupVersion({ group, version }: GroupVersion): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `apps/v1` → { group: 'apps', version: 'v1' }; `v1` is the core group. */
export function parseGroupVersion(apiVersion: string): GroupVersion {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** `deployments` in `apps` → `deployments.apps`; core resources have no suffix. As error messages name them. */
export function formatGroupResource({ group, resource }: GroupResource): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/** `Deployment` in `apps` → `Deployment.apps`; core kinds have no suffix. As validation errors name them. */
export function formatGroupKind({ group, kind }: GroupKind): string {
  return group === '' ? kind : `${kind}.${group}`;
}
