import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeYamlDocuments } from '@kindred/machinery';
import type { PostRenderer } from '../intent/release-intent.ts';
import { changedImage } from './images.ts';
import { PostRenderError, postRender } from './post-render.ts';

const stream = `---
# Source: web/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {tier: front}
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: main
        image: registry:5000/nginx:1.25
      - name: side
        image: busybox
---
# Source: web/templates/thing.yaml
apiVersion: example.com/v1
kind: Thing
metadata:
  name: thing
spec:
  list: [1]   # as it is
`;

function rendered(...patches: PostRenderer['patches']): unknown[] {
  return decodeYamlDocuments(postRender(stream, [{ patches, images: [] }])).map(({ value }) => value);
}

test('a strategic merge patch merges lists by key, and leaves other documents as they are written', () => {
  const patch =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: side, image: alpine}]}}}';
  const text = postRender(stream, [{ patches: [{ patch }], images: [] }]);
  assert.match(text, /# Source: web\/templates\/deployment.yaml\n/);
  assert.match(text, /list: \[1\] {3}# as it is/);
  const [deployment] = decodeYamlDocuments(text).map(({ value }) => value);
  assert.deepEqual(JSON.parse(JSON.stringify(deployment)).spec.template.spec.containers, [
    { name: 'main', image: 'registry:5000/nginx:1.25' },
    { name: 'side', image: 'alpine' },
  ]);
});

test('a custom resource takes a merge patch: lists are replaced', () => {
  const [, thing] = rendered({ patch: 'spec: {list: [2]}', target: { kind: 'Thing' } });
  assert.deepEqual(JSON.parse(JSON.stringify(thing)).spec.list, [2]);
});

test('a JSON patch goes to all objects of its target', () => {
  const patch = '[{"op": "replace", "path": "/spec/replicas", "value": 3}]';
  const [deployment] = rendered({ patch, target: { kind: 'Deployment', name: 'w.*', labelSelector: 'tier=front' } });
  assert.equal(JSON.parse(JSON.stringify(deployment)).spec.replicas, 3);
  const [same] = rendered({ patch, target: { kind: 'Deployment', name: 'w' } });
  assert.equal(JSON.parse(JSON.stringify(same)).spec.replicas, 1, 'names are matched as a whole');
});

test('an object can be left out', () => {
  const patch = '$patch: delete\napiVersion: example.com/v1\nkind: Thing\nmetadata: {name: thing}';
  assert.equal(rendered({ patch }).length, 1);
});

test('what is wrong with a patch is told with its place', () => {
  const wrong: readonly (readonly [PostRenderer['patches'][number], RegExp])[] = [
    [{ patch: '[{"op":"add","path":"/x","value":1}]' }, /patches\[0\]: a JSON patch needs a target/],
    [{ patch: '[{"op":"remove","path":"/no"}]', target: { kind: 'Thing' } }, /patches\[0\]: /],
    [{ patch: 'apiVersion: v1\nkind: Service\nmetadata: {name: web}' }, /patches\[0\]: the release has no such object/],
    [{ patch: 'spec: {}' }, /patches\[0\]: without a target/],
    [{ patch: '{', target: { kind: 'Thing' } }, /patches\[0\]: /],
    [{ patch: 'spec: {}', target: { name: '(' } }, /patches\[0\]: /],
  ];
  for (const [patch, message] of wrong) {
    assert.throws(
      () => rendered(patch),
      (error: unknown) => error instanceof PostRenderError && message.test(error.message),
    );
  }
});

test('images: name, tag and digest change apart from each other', () => {
  const image = 'registry:5000/nginx:1.25';
  const name = 'registry:5000/nginx';
  assert.equal(changedImage(image, { name, newTag: '2' }), `${name}:2`);
  assert.equal(changedImage(image, { name, newName: 'other' }), 'other:1.25');
  assert.equal(changedImage(image, { name, digest: 'sha256:0' }), `${name}@sha256:0`);
  assert.equal(changedImage('nginx', { name: 'nginx', newTag: '2' }), 'nginx:2');
  assert.equal(changedImage('nginx-more:1', { name: 'nginx', newTag: '2' }), 'nginx-more:1');
  const text = postRender(stream, [{ patches: [], images: [{ name: 'busybox', newTag: '9' }] }]);
  assert.match(text, /image: busybox:9/);
});

test('labels and annotations for all objects', () => {
  const metadata = { labels: { team: 'a' }, annotations: { note: 'b' } };
  const text = postRender(stream, [{ patches: [], images: [], metadata }]);
  const objects = decodeYamlDocuments(text).map(({ value }) => JSON.parse(JSON.stringify(value)));
  assert.deepEqual(objects[0].metadata, {
    name: 'web',
    labels: { tier: 'front', team: 'a' },
    annotations: { note: 'b' },
  });
  assert.deepEqual(objects[1].metadata, { name: 'thing', ...metadata });
});

test('hooks are left alone when they are not meant', () => {
  const hook = 'apiVersion: v1\nkind: Pod\nmetadata: {name: hook, annotations: {helm.sh/hook: pre-install}}\n';
  const metadata = { labels: { team: 'a' } };
  const renderers = [{ patches: [], images: [], metadata }];
  const labels = (hooks: boolean) =>
    decodeYamlDocuments(postRender(`---\n${hook}${stream}`, renderers, { hooks })).map(({ value }) =>
      JSON.stringify(value).includes('"team":"a"'),
    );
  assert.deepEqual(labels(true), [true, true, true]);
  assert.deepEqual(labels(false), [false, true, true]);
});

test('targets are expressions for the whole of kind, group and version', () => {
  const patch = '[{op: add, path: /spec/x, value: 1}]';
  const changed = (target: object) =>
    rendered({ patch, target }).map((value) => JSON.stringify(value).includes('"x":1'));
  assert.deepEqual(changed({ kind: '(Deployment|StatefulSet)' }), [true, false]);
  assert.deepEqual(changed({ group: '.*\\.com', version: 'v[0-9]' }), [false, true]);
  assert.deepEqual(changed({ kind: 'Deploy' }), [false, false]);
});
