import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '@kindred/apis/core/v1';
import { imagesOfPods, nameOfImage } from './images-of-pods.ts';

function pod(
  name: string,
  images: readonly string[],
  more: { phase?: string; node?: string; restarts?: number } = {},
): Pod {
  const { phase = 'Running', node = 'a', restarts = 0 } = more;
  const containers = images.map((image, index) => ({ name: `c${index}`, image }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { nodeName: node, containers },
    status: {
      phase,
      containerStatuses: containers.map((each) => ({
        ...each,
        imageID: '',
        ready: restarts === 0,
        restartCount: restarts,
      })),
    },
  } as Pod;
}

test('an image stands for all containers that run it', () => {
  const views = imagesOfPods([
    pod('x', ['nginx:alpine', 'git-sync']),
    pod('y', ['nginx:alpine', 'nginx:alpine'], { node: 'b', restarts: 2 }),
    pod('z', ['nginx:alpine'], { phase: 'Succeeded' }),
  ]);
  assert.deepEqual(
    views.map(({ spec }) => spec),
    [
      { image: 'git-sync', pods: 1, ready: 1, restarts: 0, nodes: ['a'] },
      { image: 'nginx:alpine', pods: 2, ready: 1, restarts: 4, nodes: ['a', 'b'] },
    ],
  );
});

test('names can be read, are allowed, and differ where images differ', () => {
  const images = ['nginx:alpine', 'docker.io/library/nginx:alpine', 'UPPER/Case', '', `r/${'x'.repeat(200)}@sha256:00`];
  const names = images.map(nameOfImage);
  assert.match(names[0] ?? '', /^nginx-alpine-[0-9a-f]{6}$/);
  assert.equal(new Set(names).size, images.length);
  for (const name of names) assert.match(name, /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
});
