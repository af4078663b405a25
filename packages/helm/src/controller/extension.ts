/**
 * The extension `helm`: kinds and controllers that keep releases of charts in a cluster, as one value. What it installs may
 * be anything, so its controllers may do anything, unless they are told to act as service accounts only.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyRule } from '@kindred/apis/rbac/v1';
import { hasErrorCode } from '@kindred/machinery';
import { defineExtension, type Extension } from '@kindred/operator';
import { nodeProviders } from '../node/providers.ts';
import { Release } from '../release-api/kinds/release.ts';
import { ReleaseRollback, ReleaseTest, ReleaseUninstall } from '../release-api/kinds/release-actions.ts';
import { ReleaseRevision } from '../release-api/kinds/release-revision.ts';
import { releaseApi } from '../release-api/release-api.ts';
import { releaseRoles } from '../release-api/release-roles.ts';
import { TemplateCache } from '../template/template-cache.ts';
import { admittedKinds } from './admission/admitted-kinds.ts';
import { configWebhook } from './admission/config-webhook.ts';
import { releaseWebhook } from './admission/release-webhook.ts';
import { FluxHelmRelease } from './kinds/flux-helm-release.ts';
import {
  Bucket,
  ExternalArtifact,
  FluxHelmChart,
  GitRepository,
  HelmRepository,
  OCIRepository,
} from './kinds/flux-sources.ts';
import { HelmRelease } from './kinds/helm-release.ts';
import { HelmChart, HelmChartConfig } from './kinds/k3s-helm-chart.ts';
import { releaseController } from './release-controller.ts';
import { fluxReleases, k3sCharts, ownReleases } from './release-kinds.ts';
import { SourceCache, temporaryCacheName } from './sources/cache/source-cache.ts';
import { KnownCharts } from './sources/known-charts.ts';

export interface HelmExtensionOptions {
  /** Kinds of others that are accepted beside our own. Not for clusters where their own controllers are at work. */
  readonly inputs?: readonly ('flux' | 'k3s')[];
  /** `everything`: releases are made as the controller. `impersonate`: only as the service accounts that they name. */
  readonly rights?: 'everything' | 'impersonate';
  /**
   * Serves releases as objects of the API, `kubectl get releases`: true when not given, unless `rights` is `impersonate`. It
   * answers with the rights of whoever asks, so it must be allowed to act as anybody.
   */
  readonly releaseApi?: boolean;
  /** Where charts are kept between reconciles; below the system's temporary directory, and for this process, when not given. */
  readonly cacheDirectory?: string;
  /** How much is kept there before the oldest goes; 1 GiB when not given. */
  readonly cacheBytes?: number;
  /** What git may use; not `file`, which would read this machine's disk. */
  readonly gitProtocols?: readonly string[];
  /** Follows `insecure-skip-tls-verify` in the kubeconfigs of releases, which are refused otherwise. */
  readonly allowInsecureKubeConfig?: boolean;
  /** Releases that are worked on at the same time; 4 when not given. */
  readonly concurrency?: number;
}

const EVERYTHING: readonly PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];

const IMPERSONATE: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update', 'delete'] },
];

/** Memory for parsed templates: those of some ten large charts. */
const TEMPLATE_BYTES = 32 * 1024 * 1024;

const GIT_PROTOCOLS = ['https', 'http', 'ssh', 'git'];

/** The extension with other settings. */
export function helmExtension(options: HelmExtensionOptions = {}): Extension {
  const { inputs = ['flux', 'k3s'], rights = 'everything', gitProtocols = GIT_PROTOCOLS, concurrency = 4 } = options;
  const settings = {
    cache: cacheIn(options),
    gitProtocols,
    environment: process.env,
    functions: nodeProviders(),
    templates: new TemplateCache({ maxBytes: TEMPLATE_BYTES }),
    knownCharts: new KnownCharts(),
    identity: `${hostname()}_${randomUUID()}`,
    allowInsecureKubeConfig: options.allowInsecureKubeConfig ?? false,
    actsAsAccountsOnly: rights === 'impersonate',
    rules: rights === 'everything' ? EVERYTHING : IMPERSONATE,
    concurrency,
  };
  const { knownCharts, actsAsAccountsOnly, cache, environment } = settings;
  const cacheDirectory = cache.directory;
  const checks = { knownCharts, actsAsAccountsOnly, fetching: { cacheDirectory, gitProtocols, environment } };
  const hasFlux = inputs.includes('flux');
  const hasK3s = inputs.includes('k3s');
  const { functions, identity } = settings;
  const api = releaseApi({ functions, identity: () => `${identity}_${randomUUID()}` });
  const hasApi = options.releaseApi ?? !actsAsAccountsOnly;
  return defineExtension({
    name: 'helm',
    kinds: [
      HelmRelease,
      ...(hasFlux
        ? [FluxHelmRelease, HelmRepository, GitRepository, OCIRepository, Bucket, ExternalArtifact, FluxHelmChart]
        : []),
      ...(hasK3s ? [HelmChart, HelmChartConfig] : []),
    ],
    controllers: [
      releaseController(ownReleases, settings),
      ...(hasFlux ? [releaseController(fluxReleases, settings)] : []),
      ...(hasK3s ? [releaseController(k3sCharts, settings)] : []),
      ...(hasApi ? [api.operations] : []),
    ],
    webhooks: [
      releaseWebhook(admittedKinds.own, checks),
      ...(hasFlux ? [releaseWebhook(admittedKinds.flux, checks)] : []),
      ...(hasK3s ? [releaseWebhook(admittedKinds.k3s, checks), configWebhook] : []),
    ],
    ...(hasApi ? { apiServers: [api.server], roles: releaseRoles } : {}),
  });
}

function cacheIn({ cacheDirectory, cacheBytes }: HelmExtensionOptions): SourceCache {
  return new SourceCache({
    directory: cacheDirectory ?? join(tmpdir(), temporaryCacheName(randomBytes(12).toString('hex'), process.pid)),
    isTemporary: cacheDirectory === undefined,
    mostBytes: cacheBytes,
    isAlive,
    userId: process.getuid?.(),
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is somebody else's.
    return hasErrorCode(error, 'EPERM');
  }
}

export {
  Bucket,
  ExternalArtifact,
  FluxHelmChart,
  FluxHelmRelease,
  GitRepository,
  HelmChart,
  HelmChartConfig,
  HelmRelease,
  HelmRepository,
  OCIRepository,
  Release,
  ReleaseRevision,
  ReleaseRollback,
  ReleaseTest,
  ReleaseUninstall,
};

const helm = helmExtension();

export default helm;
