import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TypeInfo, TypeTable } from '@kindred/machinery';
import { createOpenApiV3, createOpenApiV3Index, openApiHash, openApiV3Key } from './document.ts';
import type { OpenApiValue, ServedKind } from './served-kind.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const types = new Map<string, TypeInfo>([
  [
    'io.k8s.api.core.v1.Pod',
    {
      gvk: [{ group: '', version: 'v1', kind: 'Pod' }],
      fields: {
        metadata: { type: `${meta}.ObjectMeta` },
        spec: { type: 'io.k8s.api.core.v1.PodSpec' },
      },
    },
  ],
  [
    'io.k8s.api.core.v1.PodSpec',
    {
      fields: {
        containers: {
          type: 'io.k8s.api.core.v1.Container',
          array: true,
          required: true,
          listType: 'map',
          listMapKeys: ['name'],
          patchMergeKey: 'name',
          patchStrategy: 'merge',
        },
        nodeSelector: { type: 'string', map: true, mapType: 'atomic' },
      },
    },
  ],
  [
    'io.k8s.api.core.v1.Container',
    { fields: { name: { type: 'string', required: true }, port: { type: 'string', format: 'int-or-string' } } },
  ],
  [`${meta}.ObjectMeta`, { fields: { name: { type: 'string' }, creationTimestamp: { type: `${meta}.Time` } } }],
  [`${meta}.Time`, { type: 'string', format: 'date-time' }],
]);
const table: TypeTable = { get: (name) => types.get(name), typeNameOf: () => undefined };

const pod: ServedKind = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  resource: 'pods',
  namespaced: true,
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [{ name: 'status', verbs: ['get', 'patch', 'update'] }],
  typeName: 'io.k8s.api.core.v1.Pod',
};

const website: ServedKind = {
  group: 'extensions.example.com',
  version: 'v1',
  kind: 'Website',
  resource: 'websites',
  namespaced: true,
  verbs: pod.verbs,
  subresources: [],
  schema: { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } },
  selectableFields: [{ jsonPath: '.spec.color' }],
};

function at(value: OpenApiValue | undefined, ...path: string[]): OpenApiValue | undefined {
  let current = value;
  for (const name of path) {
    // Tests walk through objects only.
    current = (current as Record<string, OpenApiValue | undefined> | undefined)?.[name];
  }
  return current;
}

function documentOf(kind: ServedKind) {
  return createOpenApiV3({
    group: kind.group,
    version: kind.version,
    kinds: [kind],
    types: table,
    serverVersion: 'v1.36.0',
  });
}

test('PATCH names its kind, its parameters and the patches that the kind takes', () => {
  const patch = at(documentOf(pod), 'paths', '/api/v1/namespaces/{namespace}/pods/{name}', 'patch');
  assert.deepEqual(at(patch, 'x-kubernetes-group-version-kind'), { group: '', version: 'v1', kind: 'Pod' });
  assert.equal(at(patch, 'x-kubernetes-action'), 'patch');
  const parameters = at(patch, 'parameters') as { name: string }[];
  assert.deepEqual(
    parameters.map((parameter) => parameter.name),
    ['dryRun', 'fieldManager', 'fieldValidation', 'force'],
  );
  const strategic = 'application/strategic-merge-patch+json';
  assert.ok(at(patch, 'requestBody', 'content', strategic));
  const custom = at(
    documentOf(website),
    'paths',
    '/apis/extensions.example.com/v1/namespaces/{namespace}/websites/{name}',
    'patch',
  );
  assert.ok(at(custom, 'requestBody', 'content', 'application/apply-patch+yaml'));
  assert.equal(at(custom, 'requestBody', 'content', strategic), undefined);
});

test('components are the types that the kinds lead to, with merge extensions', () => {
  const schemas = at(documentOf(pod), 'components', 'schemas');
  assert.deepEqual(at(schemas, 'io.k8s.api.core.v1.PodSpec', 'properties', 'containers'), {
    type: 'array',
    items: { $ref: '#/components/schemas/io.k8s.api.core.v1.Container' },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    'x-kubernetes-patch-merge-key': 'name',
    'x-kubernetes-patch-strategy': 'merge',
  });
  assert.deepEqual(at(schemas, `${meta}.Time`), { type: 'string', format: 'date-time' });
  assert.deepEqual(at(schemas, 'io.k8s.api.core.v1.Pod', 'x-kubernetes-group-version-kind'), [
    { group: '', kind: 'Pod', version: 'v1' },
  ]);
});

test('a custom resource is published under its reversed group with metadata and its list', () => {
  const schemas = at(documentOf(website), 'components', 'schemas');
  const published = at(schemas, 'com.example.extensions.v1.Website');
  assert.deepEqual(at(published, 'x-kubernetes-group-version-kind'), [
    { group: 'extensions.example.com', kind: 'Website', version: 'v1' },
  ]);
  assert.deepEqual(at(published, 'x-kubernetes-selectable-fields'), [{ fieldPath: 'spec.color' }]);
  assert.ok(at(published, 'properties', 'metadata'));
  assert.ok(at(schemas, 'com.example.extensions.v1.WebsiteList', 'properties', 'items'));
  assert.ok(at(schemas, `${meta}.ObjectMeta`));
});

test('every reference leads to a component', () => {
  const text = JSON.stringify([documentOf(pod), documentOf(website)]);
  const both = {
    ...(at(documentOf(pod), 'components', 'schemas') as object),
    ...(at(documentOf(website), 'components', 'schemas') as object),
  };
  for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) assert.ok(name in both, name);
});

test('the index points at the hash of each document', () => {
  const hash = openApiHash('{}');
  const key = openApiV3Key({ group: 'apps', version: 'v1' });
  assert.deepEqual(createOpenApiV3Index(new Map([[key, hash]])), {
    paths: { 'apis/apps/v1': { serverRelativeURL: `/openapi/v3/apis/apps/v1?hash=${hash}` } },
  });
  assert.match(hash, /^[0-9A-F]{128}$/);
});
