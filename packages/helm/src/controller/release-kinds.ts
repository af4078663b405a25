/** Our HelmRelease, Flux's, and the HelmChart of k3s. */
import type { KindRef, KubeObject } from '@kindred/machinery';
import { fromFluxHelmRelease } from './intent/from-flux.ts';
import { fromHelmRelease } from './intent/from-helm-release.ts';
import { fromHelmChart, isUnmanaged, uninstallSettings } from './intent/from-k3s.ts';
import { DEFAULT_TIMEOUT, milliseconds, releaseSettings } from './intent/release-settings.ts';
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
import type { ReleaseObject } from './reconcile/release-object.ts';
import type { ReleaseKind } from './release-kind.ts';

/** The informer of a kind holds objects of it; the controller knows them by what all kinds have in common. */
function known<T>(object: ReleaseObject): T {
  return object as KubeObject as T;
}

function asReleaseKind(kind: KindRef<KubeObject>): KindRef<ReleaseObject> {
  return kind as KindRef<ReleaseObject>;
}

export const ownReleases: ReleaseKind = {
  kind: asReleaseKind(HelmRelease),
  name: 'helm-controller',
  finalizer: 'helm.kindred.dev/uninstall',
  refersTo: [],
  identityOf: (object) => releaseSettings(known<HelmRelease>(object), []),
  translate: (object) => fromHelmRelease(known<HelmRelease>(object)),
  conditionsOf: (conditions) => conditions,
};

export const fluxReleases: ReleaseKind = {
  kind: asReleaseKind(FluxHelmRelease),
  name: 'flux-helm-controller',
  finalizer: 'finalizers.fluxcd.io',
  refersTo: [
    ...[HelmRepository, GitRepository, OCIRepository, Bucket, FluxHelmChart].map((kind) => ({ kind })),
    // What is in it is told by its status.
    { kind: ExternalArtifact, predicate: () => true },
  ],
  identityOf: (object) => releaseSettings(known<FluxHelmRelease>(object), []),
  translate: (object, lister) =>
    fromFluxHelmRelease(known<FluxHelmRelease>(object), {
      helmRepository: (namespace, name) => lister(HelmRepository).get({ namespace, name }),
      gitRepository: (namespace, name) => lister(GitRepository).get({ namespace, name }),
      ociRepository: (namespace, name) => lister(OCIRepository).get({ namespace, name }),
      bucket: (namespace, name) => lister(Bucket).get({ namespace, name }),
      externalArtifact: (namespace, name) => lister(ExternalArtifact).get({ namespace, name }),
      helmChart: (namespace, name) => lister(FluxHelmChart).get({ namespace, name }),
    }),
  conditionsOf: (conditions) => conditions,
};

export const k3sCharts: ReleaseKind = {
  kind: asReleaseKind(HelmChart),
  name: 'k3s-helm-controller',
  finalizer: 'wrangler.cattle.io/on-helm-chart-remove',
  refersTo: [{ kind: HelmChartConfig }],
  identityOf(object) {
    const { metadata, spec } = known<HelmChart>(object);
    const targetNamespace = spec.targetNamespace ?? metadata.namespace ?? '';
    return {
      releaseName: metadata.name,
      targetNamespace,
      storageNamespace: targetNamespace,
      dependsOn: [],
      suspend: isUnmanaged(known<HelmChart>(object)),
      uninstall: uninstallSettings(milliseconds(spec.timeout, DEFAULT_TIMEOUT)),
    };
  },
  translate(object, lister) {
    const { metadata } = object;
    const config = lister(HelmChartConfig).get({ namespace: metadata.namespace, name: metadata.name });
    return fromHelmChart(known<HelmChart>(object), config);
  },
  conditionsOf(conditions) {
    const ready = conditions['Ready'];
    if (ready === undefined) return conditions;
    const isFailed = ready.status === false;
    return {
      ...conditions,
      Failed: { status: isFailed, reason: ready.reason, message: isFailed ? (ready.message ?? '') : '' },
    };
  },
};
