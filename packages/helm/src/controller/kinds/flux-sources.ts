/**
 * The objects that Flux's HelmReleases name (`source.toolkit.fluxcd.io/v1`): what their specs say is read where a release
 * needs it; nothing is fetched for them, and their status stays empty.
 */
import { defineKind, type ObservedOf } from '@kindred/operator';
import { s } from '@kindred/schema';

const common = { group: 'source.toolkit.fluxcd.io', version: 'v1', scope: 'Namespaced' } as const;

/** Signatures of artifacts of registries. */
export const verify = s
  .object({
    provider: s.enum('cosign', 'notation').optional(),
    secretRef: s.object({ name: s.string() }).optional(),
    matchOIDCIdentity: s.array(s.object({ issuer: s.string(), subject: s.string() })).optional(),
  })
  .optional();

export const ociReference = s
  .object({
    tag: s.string().optional(),
    semver: s.string().optional(),
    semverFilter: s.string().optional(),
    digest: s.string().optional(),
  })
  .optional();

export const layerSelector = s
  .object({ mediaType: s.string().optional(), operation: s.enum('extract', 'copy').optional() })
  .optional();

const secretRef = s.object({ name: s.string() }).optional();

const every = {
  interval: s.string().optional(),
  timeout: s.string().optional(),
  suspend: s.boolean().optional(),
};

const status = s.object({ observedGeneration: s.integer(), conditions: s.conditions('Ready') }).preserveUnknownFields();

export const HelmRepository = defineKind({
  ...common,
  kind: 'HelmRepository',
  plural: 'helmrepositories',
  shortNames: ['helmrepo'],
  spec: s.object({
    ...every,
    url: s.string().min(1),
    type: s.enum('default', 'oci').optional(),
    secretRef,
    certSecretRef: secretRef,
    passCredentials: s.boolean().optional(),
    insecure: s.boolean().optional(),
    provider: s.string().optional(),
    accessFrom: s.any().optional(),
  }),
  status,
  columns: [
    { name: 'URL', path: '.spec.url' },
    { name: 'Age', path: '.metadata.creationTimestamp' },
  ],
});

export const OCIRepository = defineKind({
  ...common,
  kind: 'OCIRepository',
  plural: 'ocirepositories',
  shortNames: ['ocirepo'],
  spec: s.object({
    ...every,
    url: s.string().pattern('^oci://.*$'),
    ref: ociReference,
    layerSelector,
    secretRef,
    certSecretRef: secretRef,
    proxySecretRef: secretRef,
    serviceAccountName: s.string().optional(),
    insecure: s.boolean().optional(),
    provider: s.string().optional(),
    ignore: s.string().optional(),
    verify,
  }),
  status,
  columns: [
    { name: 'URL', path: '.spec.url' },
    { name: 'Age', path: '.metadata.creationTimestamp' },
  ],
});

export const GitRepository = defineKind({
  ...common,
  kind: 'GitRepository',
  plural: 'gitrepositories',
  shortNames: ['gitrepo'],
  spec: s.object({
    ...every,
    url: s.string().min(1),
    ref: s
      .object({
        branch: s.string().optional(),
        tag: s.string().optional(),
        semver: s.string().optional(),
        commit: s.string().optional(),
        name: s.string().optional(),
      })
      .optional(),
    secretRef,
    proxySecretRef: secretRef,
    ignore: s.string().optional(),
    include: s
      .array(
        s.object({
          repository: s.object({ name: s.string() }),
          fromPath: s.string().optional(),
          toPath: s.string().optional(),
        }),
      )
      .optional(),
    recurseSubmodules: s.boolean().optional(),
    sparseCheckout: s.array(s.string()).optional(),
    provider: s.string().optional(),
    verify: s
      .object({
        mode: s.enum('head', 'HEAD', 'Tag', 'TagAndHEAD').optional(),
        secretRef: s.object({ name: s.string() }),
      })
      .optional(),
  }),
  status,
  columns: [
    { name: 'URL', path: '.spec.url' },
    { name: 'Age', path: '.metadata.creationTimestamp' },
  ],
});

export const Bucket = defineKind({
  ...common,
  kind: 'Bucket',
  plural: 'buckets',
  spec: s.object({
    ...every,
    bucketName: s.string().min(1),
    endpoint: s.string().min(1),
    provider: s.enum('generic', 'aws', 'gcp', 'azure').optional(),
    prefix: s.string().optional(),
    region: s.string().optional(),
    insecure: s.boolean().optional(),
    ignore: s.string().optional(),
    secretRef,
    certSecretRef: secretRef,
    proxySecretRef: secretRef,
    serviceAccountName: s.string().optional(),
    sts: s.any().optional(),
  }),
  status,
  columns: [
    { name: 'Endpoint', path: '.spec.endpoint' },
    { name: 'Age', path: '.metadata.creationTimestamp' },
  ],
});

export const ExternalArtifact = defineKind({
  ...common,
  kind: 'ExternalArtifact',
  plural: 'externalartifacts',
  description: 'A packaged chart that another controller keeps: its status says where.',
  spec: s.object({ sourceRef: s.any().optional() }),
  status: s
    .object({
      artifact: s
        .object({ url: s.string(), revision: s.string().optional(), digest: s.string().optional() })
        .preserveUnknownFields(),
    })
    .preserveUnknownFields(),
});

export const FluxHelmChart = defineKind({
  ...common,
  kind: 'HelmChart',
  plural: 'helmcharts',
  shortNames: ['hc'],
  spec: s.object({
    ...every,
    chart: s.string().min(1),
    version: s.string().optional(),
    sourceRef: s.object({
      apiVersion: s.string().optional(),
      kind: s.enum('HelmRepository', 'GitRepository', 'Bucket'),
      name: s.string(),
    }),
    reconcileStrategy: s.enum('ChartVersion', 'Revision').optional(),
    valuesFiles: s.array(s.string()).optional(),
    ignoreMissingValuesFiles: s.boolean().optional(),
    verify,
  }),
  status,
  columns: [
    { name: 'Chart', path: '.spec.chart' },
    { name: 'Version', path: '.spec.version' },
    { name: 'Age', path: '.metadata.creationTimestamp' },
  ],
});

export type HelmRepository = ObservedOf<typeof HelmRepository>;
export type OCIRepository = ObservedOf<typeof OCIRepository>;
export type GitRepository = ObservedOf<typeof GitRepository>;
export type Bucket = ObservedOf<typeof Bucket>;
export type ExternalArtifact = ObservedOf<typeof ExternalArtifact>;
export type FluxHelmChart = ObservedOf<typeof FluxHelmChart>;
