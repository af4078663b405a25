/** Users who sign in by a program, and proxies of a kubeconfig: both programs say and send the same. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createProxyServer, type IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { parseKubeconfig } from '@kindred/client';
import { selfSignedCertificate } from '@kindred/client/testing';
import { CommandComparison } from './fixtures/compare-commands.ts';
import { withoutHints } from './fixtures/without-hints.ts';

const VERSION = 'client.authentication.k8s.io/v1';
const JWT = (seconds: number): string => `e30.${Buffer.from(JSON.stringify({ exp: seconds })).toString('base64url')}.x`;

interface Access {
  readonly user?: object;
  readonly cluster?: object;
}

function kubeconfig({ user = {}, cluster = {} }: Access): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'a', user: 'u' } }],
    clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1', 'insecure-skip-tls-verify': true, ...cluster } }],
    users: [{ name: 'u', user }],
  });
}

const exec = (fields: object): Access => ({
  user: { exec: { command: 'sh', apiVersion: VERSION, interactiveMode: 'Never', ...fields } },
});
const printing = (answer: unknown): Access => exec({ command: 'echo', args: [JSON.stringify(answer)] });
const answer = (status: object | undefined, more: object = {}): object => {
  return { kind: 'ExecCredential', apiVersion: VERSION, ...(status === undefined ? {} : { status }), ...more };
};

/** The start of a message is enough where Go's own types are in it. */
function normalize(text: string): string {
  return withoutHints(text)
    .replace(/(json parse error: |in scheme ).*/g, '$1…')
    .replace(/ in scheme …/, '');
}

test('what is wrong with a sign-in or a proxy is said as helm says it', async (t) => {
  const cases: Access[] = [
    exec({ command: 'no-such-program' }),
    exec({ command: 'no-such-program', installHint: 'install it\nso' }),
    exec({ command: '/no/such/program' }),
    exec({ command: './program' }),
    exec({ command: '' }),
    exec({ command: '', apiVersion: '', interactiveMode: '' }),
    exec({ interactiveMode: '' }),
    exec({ command: 'no-such-program', apiVersion: `${VERSION}beta1`, interactiveMode: '' }),
    exec({ interactiveMode: 'Sometimes' }),
    exec({ interactiveMode: 'Always' }),
    exec({ apiVersion: `${VERSION}alpha1` }),
    exec({ env: [{ value: 'x' }] }),
    exec({ args: ['-c', 'echo told >&2; exit 4'] }),
    exec({ args: ['-c', 'kill -9 $$'] }),
    exec({ command: 'true' }),
    printing('text'),
    printing({}),
    printing(answer(undefined)),
    printing(answer({})),
    printing(answer({ token: 'x' }, { apiVersion: `${VERSION}beta1` })),
    printing(answer({ token: 'x' }, { kind: 'Other' })),
    printing(answer({ clientKeyData: 'x' })),
    printing(answer({ clientKeyData: 'x', clientCertificateData: 'x' })),
    printing(answer({ token: 'x' })),
    {
      user: {
        exec: { command: 'true', apiVersion: VERSION, interactiveMode: 'Never' },
        'auth-provider': { name: 'x' },
      },
    },
    { user: { 'auth-provider': { name: 'gcp' } } },
    { user: { 'auth-provider': { name: 'azure' } } },
    { user: { 'auth-provider': { name: 'other' }, token: 'x' } },
    { user: { 'auth-provider': { name: 'oidc' } } },
    { user: { 'auth-provider': { name: 'oidc', config: { 'idp-issuer-url': 'https://127.0.0.1:1' } } } },
    {
      user: {
        'auth-provider': { name: 'oidc', config: { 'idp-issuer-url': 'https://127.0.0.1:1', 'client-id': 'x' } },
      },
    },
    {
      user: {
        'auth-provider': {
          name: 'oidc',
          config: { 'idp-issuer-url': 'https://127.0.0.1:1', 'client-id': 'x', 'id-token': JWT(1) },
        },
      },
    },
    { user: { token: 'x', username: 'y' } },
    { user: { 'as-uid': 'x' } },
    { user: { token: 'x', 'as-groups': ['x'] } },
    { cluster: { 'proxy-url': 'ftp://x' } },
    { cluster: { 'proxy-url': ':x' }, user: { token: 'x', username: 'y' } },
    { cluster: { 'proxy-url': 'http://127.0.0.1:1' } },
    { cluster: { 'proxy-url': 'socks5://127.0.0.1:1' } },
  ];
  const files = Object.fromEntries(cases.map((each, at) => [`cfg${at}`, kubeconfig(each)]));
  const both = await CommandComparison.start({ files, normalize });
  t.after(() => both.close());
  const differences = await both.run(cases.map((_each, at) => ({ words: ['list', '--kubeconfig', `cfg${at}`] })));
  const shown = differences.map((each) => ({ ...each, config: files[each.words.split(' ').at(-1) ?? ''] }));
  assert.equal(shown.length, 0, JSON.stringify(shown, undefined, 1));
});

/** A cluster without releases, which notes who asks; and a proxy in front of it. */
async function quietCluster(t: TestContext): Promise<{ port: number; proxy: number; seen: string[] }> {
  const certificate = await selfSignedCertificate();
  const seen: string[] = [];
  const server = createServer({ ...certificate, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    const { authorization = 'nothing' } = request.headers;
    const as = Object.entries(request.headers).filter(([name]) => name.startsWith('impersonate-'));
    // Requests of a TLS server come over such sockets.
    const peer = (request.socket as TLSSocket).getPeerCertificate().fingerprint256;
    const who = peer === undefined ? authorization : 'certificate';
    seen.push(`${request.url?.split('?')[0]} ${who} ${JSON.stringify(as.sort(([a], [b]) => (a < b ? -1 : 1)))}`);
    response.setHeader('content-type', 'application/json');
    const list = { kind: 'SecretList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] };
    response.end(
      JSON.stringify(request.url?.startsWith('/version') ? { major: '1', minor: '35', gitVersion: 'v1.35.0' } : list),
    );
  });
  const proxy = createProxyServer();
  proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
    seen.push(`proxy ${request.method}`);
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  const listening = async (each: typeof server | typeof proxy): Promise<number> => {
    each.listen(0, '127.0.0.1');
    await once(each, 'listening');
    t.after(() => {
      each.closeAllConnections();
      each.close();
    });
    // Servers that listen on ports have such addresses.
    return (each.address() as AddressInfo).port;
  };
  const port = await listening(server);
  return { port, proxy: await listening(proxy), seen };
}

test('both programs send the same credentials, by the same way', async (t) => {
  const { port, proxy, seen } = await quietCluster(t);
  const pair = await selfSignedCertificate();
  const server = `https://127.0.0.1:${port}`;
  const noting = 'printf %s "$KUBERNETES_EXEC_INFO" >> "$FOLDER/info"; cat "$FOLDER/answer"';
  const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'them' } }];
  const cases: readonly (Access & { readonly status?: object })[] = [
    { ...exec({}), status: { token: 'abc' } },
    {
      ...exec({ apiVersion: `${VERSION}beta1`, provideClusterInfo: true }),
      status: { token: 'abc', expirationTimestamp: '2001-01-01T00:00:00Z' },
    },
    {
      ...exec({ provideClusterInfo: true, interactiveMode: 'IfAvailable' }),
      cluster: { extensions, 'proxy-url': `http://127.0.0.1:${proxy}`, 'disable-compression': true },
      status: { clientCertificateData: pair.cert, clientKeyData: pair.key },
    },
    { user: { ...exec({}).user, token: 'own' } },
    {
      user: { token: 'own', as: 'x', 'as-uid': '7', 'as-groups': ['g', 'h'], 'as-user-extra': { 'a.b/C': ['v', 'w'] } },
    },
    { cluster: { 'proxy-url': `http://127.0.0.1:${proxy}` }, user: { username: 'u', password: 'p' } },
    {
      user: {
        'auth-provider': {
          name: 'oidc',
          config: { 'idp-issuer-url': 'https://x', 'client-id': 'x', 'id-token': JWT(Date.now() / 1000 + 600) },
        },
      },
    },
  ];
  const both = await CommandComparison.start();
  t.after(() => both.close());
  const outcome = async (program: 'helm' | 'ours', at: number): Promise<unknown> => {
    const home = program === 'helm' ? both.helm : both.ours;
    const { status, user = {}, cluster } = cases[at] ?? {};
    const own = 'exec' in user && typeof user.exec === 'object' ? user.exec : undefined;
    const runs =
      own === undefined ? {} : { exec: { ...own, args: ['-c', noting], env: [{ name: 'FOLDER', value: home.path }] } };
    const version = own !== null && own !== undefined && 'apiVersion' in own ? own.apiVersion : VERSION;
    await home.write({
      cfg: kubeconfig({ user: { ...user, ...runs }, cluster: { server, ...cluster } }),
      answer: JSON.stringify(answer(status, { apiVersion: version })),
      info: '',
    });
    seen.length = 0;
    const said = await home[program](['list', '--kubeconfig', 'cfg']);
    // Credentials that are expired are asked for by helm at each connection too.
    const info = new Set((await home.read('info')).split('\n'));
    return { code: said.code, said: said.stderr, seen: [...new Set(seen)], info: [...info] };
  };
  for (let at = 0; at < cases.length; at++) {
    const helm = await outcome('helm', at);
    assert.deepEqual(await outcome('ours', at), helm, `case ${at}`);
    assert.match(JSON.stringify(helm), /"code":0.*\/secrets/, `case ${at}`);
  }
});

/** An issuer whose answers the test gives; it notes what it was asked. */
async function issuer(t: TestContext) {
  const certificate = await selfSignedCertificate();
  const asked: string[] = [];
  const answers = new Map<string, { status?: number; type?: string; body: string }>();
  const server = createServer(certificate, (request, response) => {
    void text(request).then((body) => {
      const { authorization = '', 'content-type': type = '' } = request.headers;
      asked.push(`${request.method} ${request.url} ${authorization} ${type} ${body}`);
      const key = authorization === '' ? request.url : `${request.url} basic`;
      const answer = answers.get(key ?? '') ?? answers.get(request.url ?? '') ?? { status: 404, body: 'not here' };
      response.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'application/json' }).end(answer.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a port has such an address.
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, ca: Buffer.from(certificate.cert).toString('base64'), asked, answers };
}

test('an expired token of OpenID Connect is renewed by its issuer and written back', { timeout: 60_000 }, async (t) => {
  const { port, seen } = await quietCluster(t);
  const { url, ca, asked, answers } = await issuer(t);
  const fresh = JWT(4_000_000_000);
  const discovery = (document: unknown) => ({
    body: typeof document === 'string' ? document : JSON.stringify(document),
  });
  const known = discovery({ issuer: url, token_endpoint: `${url}/token?x=1` });
  const tokens = (more: object) => ({ body: JSON.stringify({ access_token: 'a', token_type: 'Bearer', ...more }) });
  const path = '/.well-known/openid-configuration';
  const cases: readonly (readonly [
    settings: object,
    given: Readonly<Record<string, { body: string; status?: number; type?: string }>>,
  ])[] = [
    [{ 'client-secret': 's e+c' }, { [path]: known, '/token?x=1': tokens({ id_token: fresh, refresh_token: 'next' }) }],
    [{ 'id-token': JWT(1) }, { [path]: known, '/token?x=1': tokens({ id_token: fresh }) }],
    [
      { 'client-secret': 'x' },
      {
        [path]: known,
        '/token?x=1 basic': { status: 401, body: '{"error": "invalid_client"}' },
        '/token?x=1': tokens({ id_token: fresh }),
      },
    ],
    [
      {},
      { [path]: known, '/token?x=1': { type: 'text/plain; charset=utf-8', body: `access_token=a&id_token=${fresh}` } },
    ],
    [{}, { [path]: known, '/token?x=1': tokens({}) }],
    [{}, { [path]: known, '/token?x=1': { body: '{"id_token": "x"}' } }],
    [
      {},
      { [path]: known, '/token?x=1': { status: 400, body: '{"error": "invalid_grant", "error_description": "gone"}' } },
    ],
    [{}, { [path]: known, '/token?x=1': { status: 503, type: 'text/html', body: '<p>' } }],
    [{}, {}],
    [{}, { [path]: { status: 500, body: 'x'.repeat(100) } }],
    [{}, { [path]: discovery({}) }],
    [{ 'idp-issuer-url': 'https://127.0.0.1:1/a/' }, {}],
    [{ 'refresh-token': '' }, {}],
  ];
  const both = await CommandComparison.start();
  t.after(() => both.close());
  const outcome = async (program: 'helm' | 'ours', at: number) => {
    const [settings, given] = cases[at] ?? [{}, {}];
    answers.clear();
    for (const [name, answer] of Object.entries(given)) answers.set(name, answer);
    const config = {
      'idp-issuer-url': `${url}/`,
      'client-id': 'me:you',
      'refresh-token': 'again',
      'idp-certificate-authority-data': ca,
      ...settings,
    };
    const home = both[program];
    const user = { 'auth-provider': { name: 'oidc', config } };
    await home.write({ cfg: kubeconfig({ user, cluster: { server: `https://127.0.0.1:${port}` } }) });
    seen.length = 0;
    asked.length = 0;
    const said = await home[program](['list', '--kubeconfig', 'cfg']);
    const [left] = parseKubeconfig(await home.read('cfg')).users;
    const tokensSeen = [...new Set(seen.map((each) => each.split(' ')[2]))];
    return { code: said.code, said: normalize(said.stderr), tokensSeen, asked: [...new Set(asked)], left };
  };
  for (let at = 0; at < cases.length; at++) {
    const helm = await outcome('helm', at);
    assert.deepEqual(await outcome('ours', at), helm, `case ${at}`);
    if (at < 4) assert.deepEqual([helm.code, helm.tokensSeen], [0, [fresh]], JSON.stringify(helm));
  }
});
