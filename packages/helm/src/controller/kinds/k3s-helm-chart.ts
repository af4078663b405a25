/**
 * HelmChart and HelmChartConfig of k3s (`helm.cattle.io/v1`): accepted as they are. Where k3s starts a Job for each chart,
 * the controller does the work itself; fields that are about that Job have no effect.
 */
import { defineKind, type ObservedOf } from '@kindred/operator';
import { s } from '@kindred/schema';
import { statusFields } from './release-status.ts';

const common = { group: 'helm.cattle.io', version: 'v1', scope: 'Namespaced' } as const;

const valuesSecrets = s
  .array(s.object({ name: s.string(), keys: s.array(s.string()).optional(), ignoreUpdates: s.boolean().optional() }))
  .optional();

const nameRef = s.object({ name: s.string().optional() }).optional();

export const HelmChart = defineKind({
  ...common,
  kind: 'HelmChart',
  plural: 'helmcharts',
  singular: 'helmchart',
  description: 'A chart to install, in the words of k3s.',
  spec: s.object({
    chart: s.string().describe('Name of a chart, or URL of an archive.').optional(),
    chartContent: s.string().describe('A packaged chart, in base64.').optional(),
    repo: s.string().describe('URL of an HTTP repository.').optional(),
    repoCA: s.string().optional(),
    repoCAConfigMap: nameRef,
    version: s.string().optional(),
    targetNamespace: s.string().optional(),
    createNamespace: s.boolean().optional(),
    set: s.map(s.intOrString()).optional(),
    values: s.any().optional(),
    valuesContent: s.string().optional(),
    valuesSecrets,
    timeout: s.string().optional(),
    failurePolicy: s.enum('abort', 'reinstall').optional(),
    insecureSkipTLSVerify: s.boolean().optional(),
    plainHTTP: s.boolean().optional(),
    takeOwnership: s.boolean().optional(),
    forceConflicts: s.boolean().optional(),
    authSecret: nameRef,
    authPassCredentials: s.boolean().optional(),
    dockerRegistrySecret: nameRef,
    backOffLimit: s.integer().optional(),
    bootstrap: s.boolean().optional(),
    driver: s.string().optional(),
    helmVersion: s.string().optional(),
    jobImage: s.string().optional(),
    podSecurityContext: s.any().optional(),
    securityContext: s.any().optional(),
  }),
  status: s.object({ ...statusFields, jobName: s.string(), conditions: s.conditions('JobCreated', 'Failed', 'Ready') }),
  columns: [
    { name: 'Repo', path: '.spec.repo', priority: 1 },
    { name: 'Chart', path: '.spec.chart' },
    { name: 'Version', path: '.spec.version' },
    { name: 'TargetNamespace', path: '.spec.targetNamespace' },
    { name: 'Ready', path: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Status', path: '.status.conditions[?(@.type=="Ready")].message', priority: 1 },
  ],
});

export const HelmChartConfig = defineKind({
  ...common,
  kind: 'HelmChartConfig',
  plural: 'helmchartconfigs',
  singular: 'helmchartconfig',
  description: 'Values over those of the HelmChart of the same name.',
  spec: s.object({
    values: s.any().optional(),
    valuesContent: s.string().optional(),
    valuesSecrets,
    failurePolicy: s.enum('abort', 'reinstall').optional(),
  }),
});

export type HelmChart = ObservedOf<typeof HelmChart>;
export type HelmChartConfig = ObservedOf<typeof HelmChartConfig>;
