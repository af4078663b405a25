/** What an object of the API says of a revision: the content of its record, in the words of Kubernetes objects. */
import type { KubeObject } from '@kindred/machinery';
import { s } from '@kindred/schema';

export const GROUP = { group: 'releases.helm.kindred.dev', version: 'v1' } as const;

/** An object of a kind, as it is answered and as it is written. */
export type ObjectOf<K extends { readonly objectType?: KubeObject }> = NonNullable<K['objectType']>;

const time = s.string().optional();

export const chartField = s
  .object({
    name: s.string(),
    version: s.string(),
    appVersion: s.string().optional(),
    description: s.string().optional(),
    type: s.string().optional(),
    kubeVersion: s.string().optional(),
    home: s.string().optional(),
    icon: s.string().optional(),
    deprecated: s.boolean().optional(),
    keywords: s.array(s.string()).optional(),
    sources: s.array(s.string()).optional(),
    annotations: s.map(s.string()).optional(),
    dependencies: s
      .array(
        s.object({
          name: s.string(),
          alias: s.string().optional(),
          version: s.string().optional(),
          repository: s.string().optional(),
        }),
      )
      .optional(),
  })
  .describe('The chart, as its Chart.yaml describes it; missing when the record has none.')
  .optional();

export const valuesField = s
  .any()
  .describe("The values that were given; the chart's own are not among them.")
  .optional();

export const targetNamespaceField = s
  .string()
  .describe('Where its objects are, when its records are kept in another namespace.')
  .optional();

const hook = s.object({
  name: s.string(),
  kind: s.string(),
  path: s.string().describe('The template that it comes from.'),
  events: s.array(s.string()),
  weight: s.integer(),
  deletePolicies: s.array(s.string()).optional(),
  outputLogPolicies: s.array(s.string()).optional(),
  lastRun: s
    .object({ phase: s.string(), startedAt: time, completedAt: time })
    .describe('Missing when it has not run.')
    .optional(),
  manifest: s.string(),
});

export const statusFields = {
  revision: s.integer(),
  status: s
    .string()
    .describe(
      'unknown, deployed, uninstalled, superseded, failed, uninstalling, pending-install, pending-upgrade or pending-rollback.',
    ),
  description: s.string().describe('What the last operation on it says.'),
  firstDeployed: s.string(),
  lastDeployed: s.string(),
  deleted: s.string().describe('When it was uninstalled.'),
  applyMethod: s.string().describe('ssa: its objects are written by server-side apply; csa: from the client.'),
  notes: s.string().describe("What the chart's NOTES.txt says."),
  hooks: s.array(hook),
  manifest: s.string().describe('All objects but hooks and those of crds/.'),
};
