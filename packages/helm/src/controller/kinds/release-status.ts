/** The status that our HelmRelease and Flux's have in common (`helm.toolkit.fluxcd.io/v2` HelmReleaseStatus). */
import { s } from '@kindred/schema';

/** One revision that the controller made or took over. */
const snapshot = s.object({
  name: s.string(),
  namespace: s.string(),
  version: s.integer().describe('Revision of the release.'),
  status: s.string(),
  chartName: s.string(),
  chartVersion: s.string(),
  appVersion: s.string().optional(),
  digest: s.string().describe('Of the recorded manifest and values.'),
  configDigest: s.string().describe('Of the values that were given.'),
  ociDigest: s.string().optional(),
  action: s.string().optional(),
  firstDeployed: s.string().optional(),
  lastDeployed: s.string().optional(),
  deleted: s.string().optional(),
  testHooks: s
    .map(s.object({ phase: s.string(), lastStarted: s.string().optional(), lastCompleted: s.string().optional() }))
    .optional(),
});

export const statusFields = {
  observedGeneration: s.integer(),
  lastHandledReconcileAt: s.string().describe('The last value of the annotation that asks for a reconcile.'),
  lastHandledForceAt: s.string(),
  lastHandledResetAt: s.string(),
  history: s.array(snapshot).describe('Newest first.'),
  storageNamespace: s.string(),
  cluster: s
    .object({
      kind: s
        .enum('Local', 'Secret', 'ConfigMap')
        .describe('What it was found by: nothing, or an object with a kubeconfig.'),
      name: s.string().optional(),
      key: s.string().optional(),
      server: s.string().optional(),
      uid: s.string().optional().describe('Of its namespace kube-system: clusters are told apart by it.'),
    })
    .describe('The cluster that has the release.'),
  failures: s.integer().describe('Failed attempts since something last changed.'),
  installFailures: s.integer(),
  upgradeFailures: s.integer(),
  lastAttemptedGeneration: s.integer(),
  lastAttemptedRevision: s.string().describe('Version of the chart.'),
  lastAttemptedRevisionDigest: s.string().describe('Digest of the chart.'),
  lastAttemptedConfigDigest: s.string(),
  lastAttemptedReleaseAction: s.string(),
  observedPostRenderersDigest: s.string(),
};
