/**
 * The kind RunningImage: an image that pods of a namespace run. Nobody writes one; they follow from the pods.
 */
import { defineKind, type ObservedOf, s } from '@kindred/operator';

export const group = 'inventory.example.com';

export const RunningImage = defineKind({
  group,
  version: 'v1',
  kind: 'RunningImage',
  plural: 'runningimages',
  shortNames: ['ri'],
  description: 'An image that pods of the namespace run.',
  spec: s.object({
    image: s.string().describe('As the pods name it.'),
    pods: s.integer().describe('Pods with a container of the image.'),
    ready: s.integer().describe('Containers of the image that are ready.'),
    restarts: s.integer().describe('Restarts of containers of the image.'),
    nodes: s.array(s.string()).describe('Where they run.'),
  }),
  columns: [
    { name: 'Image', path: '.spec.image' },
    { name: 'Pods', path: '.spec.pods' },
    { name: 'Ready', path: '.spec.ready' },
    { name: 'Restarts', path: '.spec.restarts' },
    { name: 'Nodes', path: '.spec.nodes', priority: 1 },
  ],
});

export type RunningImage = ObservedOf<typeof RunningImage>;
