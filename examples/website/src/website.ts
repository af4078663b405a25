/**
 * The kind Website: a git repository that is to be served as a page. From this one value come the TypeScript types, the
 * CustomResourceDefinition (compatible with `manifests/website-crd.yaml`) and the columns of `kubectl get websites`.
 */
import { defineKind, type ObservedOf, s } from '@kindred/operator';

export const Website = defineKind({
  group: 'extensions.example.com',
  version: 'v1',
  kind: 'Website',
  plural: 'websites',
  singular: 'website',
  scope: 'Namespaced',
  description: 'A git repository, served as a page.',
  spec: s
    .object({
      gitRepo: s.string().min(1).describe('Repository to serve, as git clone takes it.'),
    })
    .describe('What to serve.'),
  status: s
    .object({
      url: s.string().describe('Where the page is.'),
      nodePort: s.integer().describe('Port of the page on every node.'),
      conditions: s.conditions('Ready', 'Synced'),
    })
    .describe('What is served.'),
  columns: [
    { name: 'Repo', path: '.spec.gitRepo', description: 'Repository to serve' },
    { name: 'Ready', path: '.status.conditions[?(@.type=="Ready")].status', description: 'Whether the page is served' },
    { name: 'URL', path: '.status.url', description: 'Where the page is' },
    { name: 'Age', path: '.metadata.creationTimestamp' },
    {
      name: 'Synced',
      path: '.status.conditions[?(@.type=="Synced")].reason',
      description: 'Whether the repository could be fetched',
      priority: 1,
    },
  ],
});

/** A Website as the API server has it. */
export type Website = ObservedOf<typeof Website>;
