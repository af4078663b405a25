/** Flux's HelmRelease (`helm.toolkit.fluxcd.io/v2`): accepted as it is, with the fields that a release is made from. */
import { defineKind, type ObservedOf } from '@kindred/operator';
import { s } from '@kindred/schema';
import { layerSelector, ociReference, verify } from './flux-sources.ts';
import { releaseFields } from './release-fields.ts';
import { statusFields } from './release-status.ts';

const nameRef = s.object({ name: s.string() }).optional();

/** The spec of a HelmChart, or of an OCIRepository; which fields must be there depends on that. */
const chartSpec = s.object({
  chart: s.string().min(1).describe('Name of the chart, or its directory in a git repository.').optional(),
  version: s.string().describe('A version, or a range of them.').optional(),
  sourceRef: s
    .object({
      apiVersion: s.string().optional(),
      kind: s.enum('HelmRepository', 'GitRepository', 'Bucket'),
      name: s.string().min(1).max(253),
      namespace: s.string().optional(),
    })
    .optional(),
  reconcileStrategy: s.enum('ChartVersion', 'Revision').optional(),
  valuesFiles: s.array(s.string()).optional(),
  ignoreMissingValuesFiles: s.boolean().optional(),
  interval: s.string().optional(),
  suspend: s.boolean().optional(),
  verify,
  url: s.string().optional(),
  ref: ociReference,
  layerSelector,
  secretRef: nameRef,
  certSecretRef: nameRef,
  proxySecretRef: nameRef,
  serviceAccountName: s.string().optional(),
  insecure: s.boolean().optional(),
  provider: s.string().optional(),
  ignore: s.string().optional(),
  timeout: s.string().optional(),
});

export const FluxHelmRelease = defineKind({
  group: 'helm.toolkit.fluxcd.io',
  version: 'v2',
  kind: 'HelmRelease',
  plural: 'helmreleases',
  singular: 'helmrelease',
  shortNames: ['hr'],
  scope: 'Namespaced',
  description: 'A release of a chart, in the words of Flux.',
  spec: s.object({
    ...releaseFields,
    chart: s
      .object({
        kind: s.enum('HelmChart', 'OCIRepository').optional(),
        metadata: s.any().optional(),
        spec: chartSpec,
      })
      .optional(),
    chartRef: s
      .object({
        apiVersion: s.string().optional(),
        kind: s.enum('OCIRepository', 'HelmChart', 'ExternalArtifact'),
        name: s.string().min(1).max(253),
        namespace: s.string().optional(),
      })
      .optional(),
    commonMetadata: s
      .object({ labels: s.map(s.string()).optional(), annotations: s.map(s.string()).optional() })
      .describe('Put on every object of the release.')
      .optional(),
  }),
  status: s.object({
    ...statusFields,
    helmChart: s.string(),
    conditions: s.conditions(
      'Ready',
      'Released',
      'TestSuccess',
      'Remediated',
      'Reconciling',
      'Stalled',
      'ReleasedExternally',
      'LeftBehind',
      'Drifted',
    ),
  }),
  columns: [
    { name: 'Age', path: '.metadata.creationTimestamp' },
    { name: 'Ready', path: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Status', path: '.status.conditions[?(@.type=="Ready")].message' },
  ],
});

export type FluxHelmRelease = ObservedOf<typeof FluxHelmRelease>;
