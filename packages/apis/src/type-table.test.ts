import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { typeTableText } from './gen/type-table.ts';
import { typeTable } from './type-table.ts';

test('the committed sources in gen/ are what the generator writes', async () => {
  const script = new URL('../scripts/generated-files.mjs', import.meta.url).href;
  // The generator is plain JavaScript outside this project, so the compiler cannot know its type.
  const { generatedFiles } = (await import(script)) as { generatedFiles(): Map<string, string> };
  const gen = fileURLToPath(new URL('../src/gen', import.meta.url));
  const files = generatedFiles();
  for (const [path, text] of files) {
    assert.equal(readFileSync(join(gen, path), 'utf8'), text, `${path}: run node packages/apis/scripts/generate.mjs`);
  }
  const committed = readdirSync(gen, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.equal(committed.length, files.size);
});

test('every type that a field or an inlined message names is in the table', () => {
  for (const [packageName, text] of Object.entries(typeTableText)) {
    for (const name of text.match(/^\S+/gm) ?? []) {
      const type = typeTable.get(`${packageName}.${name}`);
      assert.ok(type, `${packageName}.${name}`);
      const types = [
        ...Object.values(type.fields ?? {}).map((field) => field.type),
        ...(type.inlined ?? []).map((i) => i.type),
      ];
      for (const used of types.filter((typeName) => typeName.includes('.'))) {
        assert.ok(typeTable.get(used), `${used}, used by ${packageName}.${name}`);
      }
    }
  }
});

test('every field has a protobuf number, of its own or in an inlined message', () => {
  for (const [packageName, text] of Object.entries(typeTableText)) {
    for (const name of text.match(/^\S+/gm) ?? []) {
      const type = typeTable.get(`${packageName}.${name}`);
      if (packageName === 'io.k8s.apimachinery.pkg.version' || type?.fields === undefined) continue;
      const unnumbered = Object.entries(type.fields).filter(([, field]) => field.n === undefined);
      for (const [field] of unnumbered) {
        if (type.fields['apiVersion'] !== undefined && (field === 'apiVersion' || field === 'kind')) continue;
        const carriers = (type.inlined ?? []).map((inner) => typeTable.get(inner.type)?.fields?.[field]);
        assert.ok(
          carriers.some((carrier) => carrier !== undefined),
          `${packageName}.${name}.${field}`,
        );
      }
    }
  }
});

test('fields say their type, protobuf number, list and patch semantics', () => {
  assert.deepEqual(typeTable.get('io.k8s.api.core.v1.Container')?.fields?.['ports'], {
    type: 'io.k8s.api.core.v1.ContainerPort',
    array: true,
    n: 6,
    listType: 'map',
    listMapKeys: ['containerPort', 'protocol'],
    patchStrategy: 'merge',
    patchMergeKey: 'containerPort',
  });
  assert.deepEqual(typeTable.get('io.k8s.api.core.v1.Volume')?.inlined, [
    { n: 2, type: 'io.k8s.api.core.v1.VolumeSource' },
  ]);
  assert.equal(typeTable.get('io.k8s.api.core.v1.VolumeSource')?.fields?.['configMap']?.n, 19);
  assert.deepEqual(typeTable.get('io.k8s.apimachinery.pkg.util.intstr.IntOrString'), {
    type: 'string',
    format: 'int-or-string',
    proto: { type: 1, intVal: 2, strVal: 3 },
  });
});

test('kinds are found by group, version and kind, meta kinds under every group', () => {
  const nameOf = (group: string, version: string, kind: string) => typeTable.typeNameOf({ group, version, kind });
  assert.equal(nameOf('', 'v1', 'Pod'), 'io.k8s.api.core.v1.Pod');
  assert.equal(nameOf('extensions', 'v1beta1', 'Deployment'), 'io.k8s.api.extensions.v1beta1.Deployment');
  assert.equal(nameOf('apps', 'v1', 'DeleteOptions'), 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions');
  assert.equal(nameOf('', 'v1', 'Status'), 'io.k8s.apimachinery.pkg.apis.meta.v1.Status');
  assert.equal(nameOf('meta.k8s.io', 'v1', 'CreateOptions'), 'io.k8s.apimachinery.pkg.apis.meta.v1.CreateOptions');
  assert.equal(nameOf('', 'v1', 'PodSpec'), undefined);
  assert.equal(nameOf('example.com', 'v1', 'Website'), undefined);
});
