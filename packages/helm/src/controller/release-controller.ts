/**
 * The controller of releases, for any kind that asks for them. It watches those objects, what they name, the records of
 * their releases, and the objects of their releases; each change leads to a look at the whole.
 */
import { ConfigMap, Secret } from '@kindred/apis/core/v1';
import type { PolicyRule } from '@kindred/apis/rbac/v1';
import { keyOf } from '@kindred/client';
import type { KubeObject, Observed } from '@kindred/machinery';
import {
  eventRules,
  imperative,
  intentChanged,
  type ManagerContext,
  mergeRules,
  primaryRules,
  type Runnable,
  type WatchDeclaration,
  watch,
} from '@kindred/operator';
import type { FunctionProviders } from '../functions/function-table.ts';
import { IndexCache } from '../repositories/index-cache.ts';
import { createKindMapper } from '../resources/kind-mapper.ts';
import type { TemplateCache } from '../template/template-cache.ts';
import { BackOff } from './reconcile/back-off.ts';
import { isReady } from './reconcile/dependencies.ts';
import { recordIndex } from './reconcile/read-history.ts';
import { reconcileRelease } from './reconcile/reconcile-release.ts';
import { dependencyIndex, type ReleaseKit, recordsAt, storageIndex } from './reconcile/release-kit.ts';
import type { ReleaseObject } from './reconcile/release-object.ts';
import type { ReleaseKind } from './release-kind.ts';
import { RemoteClusters } from './remote/remote-clusters.ts';
import type { SourceCache } from './sources/cache/source-cache.ts';
import { ChartCache } from './sources/chart-cache.ts';
import type { KnownCharts } from './sources/known-charts.ts';
import { withoutDetails } from './watch/metadata-only.ts';
import { ObjectWatcher, releaseIndex } from './watch/object-watcher.ts';
import { ReleaseReferences } from './watch/release-references.ts';

export interface ReleaseControllerOptions {
  /** Where charts are kept between reconciles. */
  readonly cache: SourceCache;
  /** What git may use: `https`, `ssh`, … */
  readonly gitProtocols: readonly string[];
  /** Of the process: `PATH`, where git is, and proxies. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly functions: FunctionProviders;
  /** Parsed templates, which controllers may share. */
  readonly templates: TemplateCache;
  /** Charts that controllers hold, for those who check objects at admission. */
  readonly knownCharts: KnownCharts;
  /** This process, among all that may work on releases. */
  readonly identity: string;
  readonly rules: readonly PolicyRule[];
  /** Whether kubeconfigs of releases may leave certificates unchecked. */
  readonly allowInsecureKubeConfig: boolean;
  /** Whether everything that a release names is read as its service account, which must be there then. */
  readonly actsAsAccountsOnly: boolean;
  /** Releases that are worked on at the same time. */
  readonly concurrency: number;
}

/** The controller as a value; a manager runs it. */
export function releaseController(releases: ReleaseKind, options: ReleaseControllerOptions): Runnable {
  const { name, kind } = releases;
  const declared = controllerOver(releases, options, undefined);
  return {
    name,
    rules: mergeRules([...declared.rules, ...primaryRules(kind), ...eventRules, ...options.rules]),
    // What it keeps between reconciles belongs to the manager that runs it.
    prepare(context) {
      const kit = kitOf(releases, options, context);
      const part = controllerOver(releases, options, kit).prepare(context);
      const takeBack = options.knownCharts.lend(kit.indexes);
      const { clock, logger } = context;
      const closeCache = options.cache.open(clock, (error) =>
        logger.error('The cache of charts could not be swept', error),
      );
      return {
        ...part,
        async stop(signal) {
          await part.stop(signal);
          takeBack();
          await closeCache();
          kit.indexes.close();
          await kit.remotes.close();
        },
      };
    },
  };
}

function controllerOver(
  releases: ReleaseKind,
  options: ReleaseControllerOptions,
  kit: ReleaseKit | undefined,
): Runnable {
  return imperative<ReleaseObject>(releases.kind, {
    name: releases.name,
    concurrency: options.concurrency,
    predicate: intentChanged,
    indexes: indexesOf(releases),
    watches: [
      recordsOf(kit),
      watch(ConfigMap, {
        scope: {
          projection: 'metadata',
          transform: withoutDetails as (object: Observed<ConfigMap>) => Observed<ConfigMap>,
        },
        to: (config) => kit?.references.changed(`ConfigMap/${keyOf(config)}`) ?? [],
      }),
      watch(releases.kind, {
        to: (object, { primary }) => primary.lister.byIndex(dependencyIndex, keyOf(object)).map(keyOf),
        predicate: (object, old) => old === undefined || isReady(object) !== isReady(old),
      }),
      ...releases.refersTo.map(({ kind, predicate = intentChanged }) =>
        watch(kind, {
          to: (object) => kit?.references.changed(`${kind.kind}/${keyOf(object)}`) ?? [],
          predicate,
        }),
      ),
    ],
    reconcile: (reconcile) => (kit === undefined ? undefined : reconcileRelease(kit, reconcile)),
  });
}

function kitOf(
  releases: ReleaseKind,
  options: ReleaseControllerOptions,
  { clock, client, informers }: ManagerContext,
): ReleaseKit {
  const { cache, gitProtocols, environment, functions, templates, identity } = options;
  const { allowInsecureKubeConfig, actsAsAccountsOnly } = options;
  return {
    releases,
    watcher: new ObjectWatcher(informers),
    references: new ReleaseReferences(),
    charts: new ChartCache(clock, options.knownCharts),
    indexes: new IndexCache({ clock }),
    backOff: new BackOff(clock),
    histories: new Map(),
    drifts: new Map(),
    fetching: { cacheDirectory: cache.directory, gitProtocols, environment },
    functions,
    templates,
    identity,
    clock,
    mapper: createKindMapper(client),
    remotes: new RemoteClusters(clock),
    allowInsecureKubeConfig,
    actsAsAccountsOnly,
  };
}

function indexesOf(releases: ReleaseKind): Record<string, (object: ReleaseObject) => string[]> {
  return {
    [releaseIndex]: (object) => {
      const { targetNamespace, releaseName, kubeConfig } = releases.identityOf(object);
      // Objects of other clusters aren't watched.
      return kubeConfig === undefined ? [`${targetNamespace}/${releaseName}`] : [];
    },
    [storageIndex]: (object) => [recordsAt(releases.identityOf(object))],
    [dependencyIndex]: (object) =>
      releases.identityOf(object).dependsOn.map(({ namespace, name }) => `${namespace}/${name}`),
  };
}

/** Secrets: those that releases name, and their records. The watcher of objects hears from here whom to wake. */
function recordsOf(kit: ReleaseKit | undefined): WatchDeclaration {
  const secrets = watch(Secret, {
    scope: { projection: 'metadata', transform: withoutDetails as (object: Observed<Secret>) => Observed<Secret> },
    indexes: { [recordIndex]: recordOf },
    to: (secret, { primary }) => [
      ...(kit?.references.changed(`Secret/${keyOf(secret)}`) ?? []),
      ...recordOf(secret).flatMap((record) => primary.lister.byIndex(storageIndex, record).map(keyOf)),
    ],
  });
  return {
    ...secrets,
    connect(informers, enqueue, context) {
      kit?.watcher.connect(context.primary, enqueue);
      return secrets.connect(informers, enqueue, context);
    },
  };
}

/** The release whose record a Secret is. */
function recordOf({ metadata }: KubeObject): string[] {
  const { owner, name } = metadata.labels ?? {};
  return owner === 'helm' && name !== undefined ? [`${metadata.namespace ?? ''}/${name}`] : [];
}
