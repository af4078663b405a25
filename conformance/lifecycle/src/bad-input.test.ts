/** Input that is wrong: each answer names the object and the field, and nothing else suffers. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TestPlatform } from '@kindred-conformance/clients';
import type { RawClient, RawRequest, RawResponse } from './raw-client.ts';
import { rawClient } from './raw-client.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const websites = '/apis/extensions.example.com/v1/namespaces/default/websites';
const json = 'application/json';

const website = (metadata: object, rest: object) =>
  JSON.stringify({ apiVersion: 'extensions.example.com/v1', kind: 'Website', metadata, ...rest });

describe('bad input', () => {
  let platform: TestPlatform;
  let client: RawClient;
  before(async () => {
    platform = await TestPlatform.start({ args: ['--runtime', 'none'] });
    client = await rawClient(platform.kubeconfig);
  });
  after(() => platform.stop());

  /** The same over both protocols, since each reads bodies in its own way. */
  async function both(request: RawRequest, check: (response: RawResponse) => void): Promise<void> {
    check(await client.http1(request));
    check(await client.http2(request));
  }

  /** kubectl fails with these words. */
  async function refused(args: readonly string[], input: string, message: RegExp): Promise<void> {
    const { code, stderr } = await platform.kubectl(args, { input });
    assert.equal(code, 1, stderr);
    assert.match(stderr, message);
  }

  const apply = ['apply', '--filename', '-'];

  it('names what is wrong in a definition with an invalid schema', async () => {
    const crd = (schema: object) =>
      JSON.stringify({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'gadgets.example.com' },
        spec: {
          group: 'example.com',
          scope: 'Namespaced',
          names: { kind: 'Gadget', plural: 'gadgets' },
          versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
        },
      });
    await refused(
      apply,
      crd({ type: 'object', properties: { spec: { type: 'objekt' } } }),
      /CustomResourceDefinition.* "gadgets\.example\.com" is invalid: .*properties\[spec\]\.type: Unsupported value: "objekt"/s,
    );
    await refused(
      apply,
      crd({ properties: { spec: {} } }),
      /"gadgets\.example\.com" is invalid: .*type: Required value/s,
    );
    await refused(
      apply,
      crd({ type: 'object', properties: { a: { type: 'string', pattern: '(' } } }),
      /"gadgets\.example\.com" is invalid: .*pattern/s,
    );
    assert.equal((await platform.kubectl(['get', 'crd', 'gadgets.example.com'])).code, 1);
  });

  it('names the field of a Website that is missing, or of a wrong type', async () => {
    await refused(apply, website({ name: 'a' }, {}), /Website.* "a" is invalid: .*spec/s);
    await refused(
      apply,
      website({ name: 'a' }, { spec: {} }),
      /Website.* "a" is invalid: .*spec\.gitRepo: Required value/s,
    );
    await refused(
      apply,
      website({ name: 'a' }, { spec: { gitRepo: 7 } }),
      /Website.* "a" is invalid: .*spec\.gitRepo: Invalid value: .*string/s,
    );
    await refused(apply, website({ name: 'a' }, { spec: 'page' }), /Website.* "a" is invalid: .*spec: Invalid value/s);
    await refused(apply, website({ name: 'a' }, { spec: { gitRepo: '' } }), /spec\.gitRepo: Invalid value/);
  });

  it('names a name that is none', async () => {
    const spec = { gitRepo: 'https://example.com/a.git' };
    await refused(
      ['create', '--filename', '-'],
      website({ name: 'Not_DNS' }, { spec }),
      /Website.* "Not_DNS" is invalid: metadata\.name: Invalid value: "Not_DNS": a lowercase RFC 1123 subdomain/,
    );
    await refused(['create', 'configmap', 'Über'], '', /metadata\.name: Invalid value: "Über"/);
    await both({ method: 'POST', path: configMaps, contentType: json, body: '{"metadata":{}}' }, (response) => {
      assert.equal(response.status, 422);
      assert.match(response.message, /name or generateName is required/);
    });
  });

  it('names an unknown field under strict validation', async () => {
    const body = website({ name: 'strict' }, { spec: { gitRepo: 'https://example.com/a.git', colour: 'red' } });
    await refused(['create', '--filename', '-'], body, /strict decoding error: unknown field "spec\.colour"/);
    const configMap = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"s","colour":"red"},"datum":{}}';
    await both(
      { method: 'POST', path: `${configMaps}?fieldValidation=Strict`, contentType: json, body: configMap },
      (response) => {
        assert.equal(response.status, 400);
        assert.match(response.message, /unknown field "datum"/);
        assert.match(response.message, /unknown field "metadata\.colour"/);
      },
    );
  });

  it('answers 413 with the limit to a body of 4 MiB, declared or not', async () => {
    const body = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'big' },
      data: { text: 'x'.repeat(4 * 1024 * 1024) },
    });
    const check = (response: RawResponse): void => {
      assert.equal(response.status, 413);
      assert.match(response.message, /limit is 3145728/);
    };
    const request = { method: 'POST', path: configMaps, contentType: json, body };
    check(await client.http2(request));
    check(await client.http2({ ...request, headers: { 'content-length': String(body.length) } }));
    check(await client.http1({ ...request, headers: { 'content-length': String(body.length) } }));
    check(await client.http1({ ...request, headers: { 'transfer-encoding': 'chunked' } }));
    await refused(['create', '--filename', '-'], body, /Request entity too large: limit is 3145728|\b413\b|too large/);
  });

  it('refuses bodies that are no JSON document', async () => {
    const bodies: [string, string | Uint8Array, RegExp][] = [
      [
        'deep nesting',
        `{"metadata":{"name":"deep"},"data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
        /nest|deep|depth/i,
      ],
      ['invalid UTF-8', Buffer.from('{"metadata":{"name":"caf\xe9"}}', 'latin1'), /UTF-8/],
      [
        'two documents',
        '{"metadata":{"name":"one"}}{"metadata":{"name":"two"}}',
        /expected the end: one document only/,
      ],
      ['cut off', '{"metadata":{"name":"one"', /found the end/],
      ['empty', '', /found nothing/],
      ['not an object', '[1]', /object/i],
      ['not JSON', 'name: kubia', /invalid|unexpected|parse/i],
    ];
    for (const [what, body, message] of bodies) {
      await both({ method: 'POST', path: configMaps, contentType: json, body }, (response) => {
        assert.equal(response.status, 400, `${what}: ${response.text}`);
        assert.match(response.message, message, what);
      });
    }
  });

  it('refuses content types and patches that it does not know', async () => {
    await both({ method: 'POST', path: configMaps, contentType: 'text/plain', body: 'hello' }, (response) => {
      assert.equal(response.status, 415);
      assert.match(response.message, /application\/json/);
    });
    const path = '/api/v1/namespaces/default';
    await both({ method: 'PATCH', path, contentType: 'application/x-patch', body: '{}' }, (response) => {
      assert.equal(response.status, 415);
      assert.match(response.message, /application\/merge-patch\+json/);
    });
    await both(
      { method: 'PATCH', path, contentType: 'application/json-patch+json', body: '{"op":"add"}' },
      ({ status }) => assert.equal(status, 400),
    );
    await both({ method: 'GET', path: configMaps, headers: { accept: 'image/png' } }, ({ status }) =>
      assert.equal(status, 406),
    );
    await both(
      { method: 'POST', path: configMaps, contentType: 'application/vnd.kubernetes.protobuf', body: 'k8s\0garbage' },
      ({ status }) => assert.equal(status, 400),
    );
  });

  it('refuses paths and parameters that make no sense', async () => {
    const cases: [string, string, number][] = [
      ['GET', '/api/v1/namespaces/default/nothings', 404],
      ['GET', '/%zz', 400],
      ['GET', `${configMaps}?limit=many`, 400],
      ['GET', `${configMaps}?labelSelector=a%20b%20c`, 400],
      ['GET', `${configMaps}?fieldSelector=spec.color%3Dred`, 400],
      ['GET', `${configMaps}?resourceVersion=yesterday`, 400],
      ['GET', `${configMaps}?watch=true&resourceVersion=-1`, 400],
      ['GET', `${configMaps}?continue=nonsense`, 400],
      ['BREW', configMaps, 405],
      ['GET', `${websites}/no%2Fname`, 404],
    ];
    for (const [method, path, status] of cases) {
      if (method !== 'BREW') assert.equal((await client.http1({ method, path })).status, status, `${method} ${path}`);
      assert.equal((await client.http2({ method, path })).status, status, `${method} ${path}`);
    }
  });

  it('has lost nothing, and serves on', async () => {
    const body = website({ name: 'good' }, { spec: { gitRepo: 'https://example.com/a.git' } });
    await platform.kubectlOk(apply, { input: body });
    assert.match(
      await platform.kubectlOk(['get', 'websites', '--output', 'name']),
      /website.*\/good\n.*website.*\/kubia/s,
    );
    assert.equal((await client.http1({ method: 'GET', path: '/readyz' })).text, 'ok');
    assert.doesNotMatch(platform.output, / at .*:\d+:\d+/);
  });
});
