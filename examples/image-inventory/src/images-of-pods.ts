/**
 * From pods to the images that they run: a pure function, which is all that is particular to this view.
 */
import { createHash } from 'node:crypto';
import type { Pod } from '@kindred/apis/core/v1';
import type { RunningImage } from './running-image.ts';

/** A RunningImage as the server is to answer it. */
export interface ImageView {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: RunningImage['spec'];
}

interface Use {
  readonly pod: string;
  readonly node: string | undefined;
  readonly ready: boolean;
  readonly restarts: number;
}

/** The images of all namespaces that the pods are in, by namespace and name. */
export function imagesOfPods(pods: readonly Pod[]): ImageView[] {
  const uses = new Map<string, { readonly namespace: string; readonly image: string; readonly uses: Use[] }>();
  for (const pod of pods) {
    const { namespace = '' } = pod.metadata;
    for (const [image, use] of usesOf(pod)) {
      const key = `${namespace}/${image}`;
      const known = uses.get(key);
      if (known === undefined) uses.set(key, { namespace, image, uses: [use] });
      else known.uses.push(use);
    }
  }
  return [...uses.values()].map(viewOf).sort((a, b) => (keyOfView(a) < keyOfView(b) ? -1 : 1));
}

export function keyOfView({ metadata }: ImageView): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** Pods that are over run nothing any more. */
function usesOf({ metadata, spec, status }: Pod): [image: string, use: Use][] {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return [];
  return (spec?.containers ?? []).map(({ name, image = '' }) => {
    const state = status?.containerStatuses?.find((each) => each.name === name);
    const use = { pod: metadata.name ?? '', node: spec?.nodeName, ready: state?.ready ?? false };
    return [image, { ...use, restarts: state?.restartCount ?? 0 }];
  });
}

function viewOf({ namespace, image, uses }: { namespace: string; image: string; uses: readonly Use[] }): ImageView {
  return {
    metadata: { name: nameOfImage(image), namespace },
    spec: {
      image,
      pods: new Set(uses.map(({ pod }) => pod)).size,
      ready: uses.filter(({ ready }) => ready).length,
      restarts: uses.reduce((sum, { restarts }) => sum + restarts, 0),
      nodes: [...new Set(uses.flatMap(({ node }) => node ?? []))].sort(),
    },
  };
}

/** `docker.io/library/nginx:alpine` → `nginx-alpine-1a2b3c`: names have no slashes, and different images different names. */
export function nameOfImage(image: string): string {
  const readable = (image.split('/').at(-1) ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const digest = createHash('sha256').update(image).digest('hex').slice(0, 6);
  return `${readable.slice(0, 56).replace(/^-|-$/g, '')}-${digest}`.replace(/^-/, '');
}
