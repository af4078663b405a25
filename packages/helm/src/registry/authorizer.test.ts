import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type HttpAnswer, HttpClient } from '../http/http-client.ts';
import { Authorizer } from './authorizer.ts';
import type { Credential } from './credential.ts';

const url = new URL('https://registry.test/v2/');

function refusal(challenge: string): HttpAnswer {
  const headers = { 'www-authenticate': challenge };
  return { status: 401, statusLine: '401 Unauthorized', headers, body: new Uint8Array(), url };
}

test('exchanges an identity token for one that serves the request, and keeps that one', async (t) => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${body}`);
      response.end('{"access_token":"short"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = new HttpClient();
  t.after(() => {
    http.close();
    server.close();
  });
  // A server that listens on a port has such an address.
  const realm = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  const credential: Credential = { kind: 'refresh-token', token: 'long&' };
  const authorizer = new Authorizer({ http, credential: async () => credential, plainHttp: true });
  const scope = 'repository:a:pull';
  assert.equal(authorizer.known('registry.test', scope), undefined);
  const header = await authorizer.answer('registry.test', scope, refusal(`Bearer realm="${realm}",service="s"`));
  assert.equal(header, 'Bearer short');
  assert.equal(authorizer.known('registry.test', scope), 'Bearer short');
  assert.equal(authorizer.known('other.test', scope), undefined);
  assert.deepEqual(seen, [
    'POST /token grant_type=refresh_token&service=s&client_id=kindred&refresh_token=long%26&scope=repository%3Aa%3Apull',
  ]);
});

test('asks nobody for tokens without TLS, and answers nothing that it does not know', async (t) => {
  const http = new HttpClient();
  t.after(() => http.close());
  const authorizer = new Authorizer({ http, credential: async () => undefined, plainHttp: false });
  const answer = (challenge: string): Promise<string | undefined> =>
    authorizer.answer('registry.test', 'x', refusal(challenge));
  await assert.rejects(answer('Bearer realm="http://evil.test/token"'), /only https is safe for credentials/);
  await assert.rejects(answer('Bearer realm="not a url"'), /invalid chart URL format/);
  await assert.rejects(answer('Basic realm="x"'), /basic credential not found/);
  assert.equal(await answer('Negotiate'), undefined);
});
