import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MergeSchema, StatusError, sharedManagersText, trackUpdate, type Unstructured } from '@kindred/machinery';
import fc from 'fast-check';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import {
  bytesBehindMetadata,
  encodeStored,
  metadataBytes,
  replaceResourceVersion,
  sameContent,
  spliceResourceVersion,
} from './object-bytes.ts';
import { parseStorageKey, resourcePrefix } from './storage-key.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

test('the resourceVersion is spliced in, whatever the object holds', () => {
  const metadata = fc.dictionary(
    fc.constantFrom('name', 'labels', 'uid', 'resourceVersion'),
    fc.string({ unit: 'binary' }),
  );
  const revisions = fc.oneof(
    fc.integer({ min: 1, max: 1000 }),
    fc.maxSafeInteger().map((n) => Math.abs(n) + (n === 0 ? 1 : 0)),
  );
  const kind = fc.constantFrom('Website', '"metadata":{', '\\"metadata":{"resourceVersion":"7"');
  fc.assert(
    fc.property(kind, metadata, fc.jsonValue(), revisions, (kindName, fields, spec, revision) => {
      // Only the shape of metadata matters here.
      const object = { spec, metadata: fields, apiVersion: 'v1', kind: kindName } as Unstructured;
      const stored = encodeStored(object);
      const served = spliceResourceVersion(stored, revision);
      const { resourceVersion: _, ...rest } = fields;
      const expected = JSON.stringify({
        kind: kindName,
        apiVersion: 'v1',
        metadata: { resourceVersion: String(revision), ...rest },
        spec,
      });
      assert.equal(text(served), expected);
      assert.ok(sameContent(served, stored));
      assert.equal(text(metadataBytes(served)), JSON.stringify({ resourceVersion: String(revision), ...rest }));
      assert.equal(text(replaceResourceVersion(served, 1234567)), text(spliceResourceVersion(stored, 1234567)));
      assert.ok(!sameContent(served, encodeStored({ ...object, spec: [spec] })));
    }),
  );
});

test('managers that new objects share are written like those of one object', () => {
  const options = { live: undefined, apiVersion: 'v1', manager: 'm', now: '2026-01-01T00:00:00Z' };
  const shape = (fields: object): Unstructured => ({ apiVersion: 'v1', kind: 'A', metadata: { ...fields }, spec: 1 });
  const mapSchema: MergeSchema = { kind: 'map', atomic: false, declares: () => true, field: () => metadataSchema };
  const metadataSchema: MergeSchema = { ...mapSchema, field: () => ({ kind: 'scalar' }) };
  const metadata = fc.dictionary(fc.constantFrom('name', 'uid', 'labels', 'resourceVersion'), fc.string());
  fc.assert(
    fc.property(metadata, (fields) => {
      const track = () => trackUpdate({ ...options, schema: mapSchema, updated: shape(fields) });
      const managedFields = [track(), track()][1];
      const object = shape({ ...fields, managedFields });
      const written = text(encodeStored(object));
      assert.ok(managedFields !== undefined && sharedManagersText(managedFields) !== undefined);
      assert.equal(object.metadata.managedFields, managedFields);
      assert.equal(written, text(encodeStored(shape({ ...fields, managedFields: [...managedFields] }))));
      const first = shape({ managedFields, ...fields });
      assert.deepEqual(JSON.parse(text(encodeStored(first))), JSON.parse(written));
    }),
  );
});

test('keys name the resource and the object, and read back', () => {
  const resource = { group: 'apps', resource: 'deployments' };
  assert.equal(resourcePrefix(resource), '/registry/apps/deployments/');
  assert.equal(resourcePrefix({ group: '', resource: 'pods' }), '/registry/core/pods/');
  assert.deepEqual(parseStorageKey('/registry/apps/deployments/default/web'), {
    prefix: '/registry/apps/deployments/',
    resource,
    at: { namespace: 'default', name: 'web' },
  });
  const role = parseStorageKey('/registry/rbac.authorization.k8s.io/clusterroles/system:node');
  assert.deepEqual(role?.at, { namespace: '', name: 'system:node' });
  assert.equal(parseStorageKey('/other/a/b/c'), undefined);
  assert.equal(parseStorageKey('/registry/a'), undefined);
});

test('a continue token is what Kubernetes sends, and anything else is refused', () => {
  const token = encodeContinue({ revision: 42, after: 'default/web' });
  const json = Buffer.from(token, 'base64url').toString();
  assert.equal(json, '{"v":"meta.k8s.io/v1","rv":42,"start":"default/web\\u0000"}');
  assert.deepEqual(decodeContinue(token), { revision: 42, after: 'default/web' });
  const bad = ['', '%%', Buffer.from('[]').toString('base64url'), Buffer.from('{"v":"x"}').toString('base64url')];
  const zero = Buffer.from('{"v":"meta.k8s.io/v1","rv":0,"start":"a"}').toString('base64url');
  for (const wrong of [...bad, zero]) {
    assert.throws(
      () => decodeContinue(wrong),
      (error) =>
        error instanceof StatusError && error.code === 400 && error.message.startsWith('continue key is not valid'),
    );
  }
});

test('an object is stored by its own text as it would be written', () => {
  const metadata = fc.record({ name: fc.string(), labels: fc.dictionary(fc.string(), fc.string({ unit: 'binary' })) });
  const rest = fc.dictionary(fc.constantFrom('spec', 'data', 'type', ''), fc.jsonValue());
  const order = fc.shuffledSubarray(['apiVersion', 'kind', 'metadata'], { minLength: 3 });
  const end = fc.constantFrom('', '\n');
  fc.assert(
    fc.property(metadata, rest, order, end, (fields, members, names, newline) => {
      const first: Record<string, unknown> = { apiVersion: 'example.com/v1', kind: 'Website', metadata: fields };
      const sent = { ...Object.fromEntries(names.map((name) => [name, first[name]])), ...members };
      const behind = bytesBehindMetadata(Buffer.from(JSON.stringify(sent) + newline));
      assert.ok(behind !== undefined);
      // The three members are there.
      const object = { ...(sent as Record<string, unknown> as Unstructured), metadata: { ...fields, uid: 'u–1' } };
      assert.equal(text(encodeStored(object, behind)), text(encodeStored(object)));
    }),
  );
});

test('a text that begins with other members has to be written', () => {
  const others = [
    '{"spec":{},"apiVersion":"v1","kind":"A","metadata":{}}',
    '{"apiVersion":"v1","metadata":{},"spec":{}}',
    '{"apiVersion":"v1","kind":"A","metadata":null}',
    '{"apiVersion":1,"kind":"A","metadata":{}}',
    '{}',
  ];
  for (const other of others) assert.equal(bytesBehindMetadata(Buffer.from(other)), undefined, other);
});
