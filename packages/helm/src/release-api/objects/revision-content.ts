/** A record as `spec` and `status` of an object of the API; nothing that is empty is shown. */
import type { ChartMetadata, Dependency } from '../../chart/chart.ts';
import { jsonOf } from '../../controller/values/go-json.ts';
import type { Release as Recorded, ReleaseHook } from '../../release/release.ts';
import type { Release } from '../kinds/release.ts';

export type RevisionContent = Pick<Release, 'spec'> & { readonly status: NonNullable<Release['status']> };
type ChartContent = NonNullable<Release['spec']['chart']>;
type HookContent = NonNullable<NonNullable<Release['status']>['hooks']>[number];

/** `namespace` is where the record is. */
export function revisionContent(release: Recorded, namespace: string): RevisionContent {
  const { chart, config, info, hooks, manifest } = release;
  return {
    spec: {
      ...(chart === undefined ? {} : { chart: chartContent(chart.metadata) }),
      ...(config.size === 0 ? {} : { values: jsonOf(config) }),
      ...(release.namespace === namespace ? {} : { targetNamespace: release.namespace }),
    },
    status: {
      revision: release.revision,
      status: info.status,
      ...texts({
        description: info.description,
        firstDeployed: info.firstDeployed,
        lastDeployed: info.lastDeployed,
        deleted: info.deleted,
        applyMethod: release.applyMethod,
        notes: info.notes,
      }),
      ...(hooks.length === 0 ? {} : { hooks: hooks.map(hookContent) }),
      ...texts({ manifest }),
    },
  };
}

/** A record that can't be read: what its labels say, and what is wrong with it. */
export function damagedContent(revision: number, damage: string): RevisionContent {
  return { spec: {}, status: { revision, status: 'unknown', description: damage } };
}

function chartContent(metadata: ChartMetadata): ChartContent {
  const { keywords, sources, annotations, dependencies } = metadata;
  return {
    name: metadata.name,
    version: metadata.version,
    ...texts({
      appVersion: metadata.appVersion,
      description: metadata.description,
      type: metadata.type,
      kubeVersion: metadata.kubeVersion,
      home: metadata.home,
      icon: metadata.icon,
    }),
    ...(metadata.deprecated ? { deprecated: true } : {}),
    ...lists({ keywords, sources }),
    ...(annotations === undefined ? {} : { annotations: Object.fromEntries(annotations) }),
    ...(dependencies.length === 0 ? {} : { dependencies: dependencies.map(dependencyContent) }),
  };
}

function dependencyContent({ name, alias, version, repository }: Dependency) {
  return { name, ...texts({ alias, version, repository }) };
}

function hookContent(hook: ReleaseHook): HookContent {
  const { name, kind, path, events, weight, manifest, deletePolicies, outputLogPolicies } = hook;
  const { phase, startedAt, completedAt } = hook.lastRun;
  return {
    name,
    kind,
    path,
    events: [...events],
    weight,
    ...lists({ deletePolicies, outputLogPolicies }),
    ...(phase === '' ? {} : { lastRun: { phase, ...texts({ startedAt, completedAt }) } }),
    manifest,
  };
}

function texts<K extends string>(fields: Readonly<Record<K, string>>): Partial<Record<K, string>> {
  return present(fields, (text) => text !== '');
}

function lists<K extends string>(fields: Readonly<Record<K, readonly string[]>>): Partial<Record<K, string[]>> {
  // Objects of the API may be changed by who gets them, records may not.
  const copies = Object.fromEntries(Object.entries<readonly string[]>(fields).map(([name, list]) => [name, [...list]]));
  return present(copies as Record<K, string[]>, (list) => list.length > 0);
}

function present<K extends string, V>(fields: Readonly<Record<K, V>>, isThere: (value: V) => boolean) {
  // Object.entries forgets which names there are.
  return Object.fromEntries(Object.entries<V>(fields).filter(([, value]) => isThere(value))) as Partial<Record<K, V>>;
}
