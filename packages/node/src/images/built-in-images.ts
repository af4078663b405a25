/** The images that come with the node: enough for the examples, with no registry and no network. */
import type { Image } from './image.ts';

const program = (name: string): string[] => ['$(NODE)', '--max-semi-space-size=1', `$(PROGRAMS)/${name}.js`];

export const builtInImages: readonly Image[] = [
  {
    names: ['nginx'],
    entrypoint: program('static-server'),
    exposedPorts: [80],
  },
  {
    names: ['openweb/git-sync'],
    entrypoint: program('git-sync'),
    hostPathVariables: ['GIT_SYNC_REPO'],
    usesEgressProxy: true,
  },
  {
    names: ['luksa/kubectl-proxy'],
    entrypoint: program('kubectl-proxy'),
    exposedPorts: [8001],
  },
  { names: ['registry.k8s.io/pause', 'k8s.gcr.io/pause', 'pause'], entrypoint: program('pause') },
  { names: ['busybox', 'alpine', 'debian', 'ubuntu', 'bash'], entrypoint: [], cmd: ['sh'] },
];
