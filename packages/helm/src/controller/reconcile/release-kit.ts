/** What one controller of releases keeps between reconciles, and what it works with. */
import type { Clock } from '@kindred/machinery';
import type { ReconcileContext } from '@kindred/operator';
import type { FunctionProviders } from '../../functions/function-table.ts';
import type { IndexCache } from '../../repositories/index-cache.ts';
import type { KindMapper } from '../../resources/kind-mapper.ts';
import type { TemplateCache } from '../../template/template-cache.ts';
import type { ReleaseIntent } from '../intent/release-intent.ts';
import type { ReleaseKind } from '../release-kind.ts';
import type { RemoteClusters } from '../remote/remote-clusters.ts';
import type { ChartCache } from '../sources/chart-cache.ts';
import type { FetchContext } from '../sources/fetch-context.ts';
import type { ObjectWatcher } from '../watch/object-watcher.ts';
import type { ReleaseReferences } from '../watch/release-references.ts';
import type { BackOff } from './back-off.ts';
import type { RecordedDetails } from './recorded.ts';
import type { ReleaseObject } from './release-object.ts';
import type { Requests } from './requests.ts';
import type { StatusWriter } from './status-writer.ts';

/** The records of a release as they were last read. */
export interface KnownHistory {
  /** Names and versions of the records, as the informer shows them. */
  readonly seen: string;
  readonly history: readonly RecordedDetails[];
}

/** When a release was last compared with the cluster, and what was found. */
export interface KnownDrift {
  readonly digest: string;
  readonly at: number;
}

export interface ReleaseKit {
  readonly releases: ReleaseKind;
  readonly charts: ChartCache;
  /** Of repositories that several releases come from. */
  readonly indexes: IndexCache;
  readonly backOff: BackOff;
  readonly watcher: ObjectWatcher;
  readonly references: ReleaseReferences;
  readonly histories: Map<string, KnownHistory>;
  readonly drifts: Map<string, KnownDrift>;
  readonly fetching: Pick<FetchContext, 'cacheDirectory' | 'gitProtocols' | 'environment'>;
  readonly functions: FunctionProviders;
  /** Of all releases: charts share files, and reconciles render the same ones again. */
  readonly templates: TemplateCache;
  readonly mapper: KindMapper;
  /** Clusters that releases go to beside this one. */
  readonly remotes: RemoteClusters;
  /** Whether kubeconfigs may leave certificates unchecked. */
  readonly allowInsecureKubeConfig: boolean;
  /** The controller itself may not read what releases name. */
  readonly actsAsAccountsOnly: boolean;
  /** This process, among all that may work on a release. */
  readonly identity: string;
  readonly clock: Clock;
}

/** One reconcile of an object that says what it wants. */
export interface ReleaseRun {
  readonly kit: ReleaseKit;
  readonly context: ReconcileContext<ReleaseObject>;
  readonly object: ReleaseObject;
  readonly intent: ReleaseIntent;
  readonly requests: Requests;
  readonly writer: StatusWriter;
}

/** Index of releases' objects by where their records are: `namespace/name`. */
export const storageIndex = 'storage';
/** Index of releases' objects by the releases that they depend on. */
export const dependencyIndex = 'dependency';

/** Where the records of a release are, `namespace/name`; another cluster's are never those of this one. */
export function recordsAt({
  storageNamespace,
  releaseName,
  kubeConfig,
}: Pick<ReleaseIntent, 'storageNamespace' | 'releaseName' | 'kubeConfig'>): string {
  const at = `${storageNamespace}/${releaseName}`;
  if (kubeConfig === undefined) return at;
  const { kind, object, key = '' } = kubeConfig;
  return `${at} by ${kind} ${object.namespace}/${object.name} ${key}`;
}

export function forgetRelease(kit: ReleaseKit, key: string): void {
  kit.charts.forget(key);
  kit.backOff.forget(key);
  kit.histories.delete(key);
  kit.drifts.delete(key);
  kit.watcher.takeChange(key);
  kit.references.forget(key);
  kit.remotes.forget(key);
}
