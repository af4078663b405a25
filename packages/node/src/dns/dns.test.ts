import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Pod, Service } from '@kindred/apis/core/v1';
import type { EndpointSlice } from '@kindred/apis/discovery/v1';
import { silentLogger } from '@kindred/machinery';
import { type Answer, decode, encode, type Packet, type RecordType, streamDecode, streamEncode } from 'dns-packet';
import { answerFromZone, type ZoneView } from './cluster-zone.ts';
import { DnsServer } from './dns-server.ts';
import { parseResolvConf, podResolvConf } from './resolv-conf.ts';
import { createUpstream } from './upstream.ts';

const service = (name: string, spec: Service['spec']): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'default', name },
  ...(spec && { spec }),
});
const services = new Map([
  ['default/web', service('web', { clusterIP: '10.96.0.5', ports: [{ name: 'http', port: 80 }] })],
  ['default/db', service('db', { clusterIP: 'None', ports: [{ name: 'pg', port: 5432 }] })],
  ['default/out', service('out', { type: 'ExternalName', externalName: 'up.example' })],
  ['default/in', service('in', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' })],
  ['default/loop', service('loop', { type: 'ExternalName', externalName: 'loop.default.svc.cluster.local' })],
]);
const slice: EndpointSlice = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {},
  addressType: 'IPv4',
  endpoints: [
    { addresses: ['10.244.0.2'], hostname: 'db-0' },
    { addresses: ['10.244.0.3'] },
    { addresses: ['10.244.0.4'], conditions: { ready: false } },
  ],
};
const zone: ZoneView = {
  domain: 'cluster.local',
  service: (namespace, name) => services.get(`${namespace}/${name}`),
  slices: (_, name) => (name === 'db' ? [slice] : []),
  serviceByAddress: (address) => [...services.values()].find(({ spec }) => spec?.clusterIP === address),
};

function look(name: string, type = 'A'): string {
  const answer = answerFromZone({ name, type }, zone);
  if (!answer) return 'not ours';
  if (answer.nameError) return 'NXDOMAIN';
  return answer.answers.map(shown).join(' ');
}

function shown(answer: Answer): string {
  if (answer.type === 'SRV') return `${answer.data.target}:${answer.data.port}`;
  return 'data' in answer && typeof answer.data === 'string' ? answer.data : answer.type;
}

it('answers for services, endpoints, ports and pods', () => {
  const cases: [string, string, string][] = [
    ['web.default.svc.cluster.local', 'A', '10.96.0.5'],
    ['WEB.Default.svc.cluster.local.', 'A', '10.96.0.5'],
    ['web.default.svc.cluster.local', 'AAAA', ''],
    ['nothing.default.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['web.default.svc.cluster.local.default.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['db.default.svc.cluster.local', 'A', '10.244.0.2 10.244.0.3'],
    ['db-0.db.default.svc.cluster.local', 'A', '10.244.0.2'],
    ['10-244-0-3.db.default.svc.cluster.local', 'A', '10.244.0.3'],
    ['db-9.db.default.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['_http._tcp.web.default.svc.cluster.local', 'SRV', 'web.default.svc.cluster.local:80'],
    [
      '_pg._tcp.db.default.svc.cluster.local',
      'SRV',
      'db-0.db.default.svc.cluster.local:5432 10-244-0-3.db.default.svc.cluster.local:5432',
    ],
    ['_no._tcp.web.default.svc.cluster.local', 'SRV', 'NXDOMAIN'],
    ['out.default.svc.cluster.local', 'A', 'up.example'],
    ['in.default.svc.cluster.local', 'A', 'web.default.svc.cluster.local 10.96.0.5'],
    ['in.default.svc.cluster.local', 'CNAME', 'web.default.svc.cluster.local'],
    ['10-1-2-3.default.pod.cluster.local', 'A', '10.1.2.3'],
    ['5.0.96.10.in-addr.arpa', 'PTR', 'web.default.svc.cluster.local'],
    ['9.9.9.9.in-addr.arpa', 'PTR', 'not ours'],
    ['default.svc.cluster.local', 'A', ''],
    ['example.com', 'A', 'not ours'],
  ];
  for (const [name, type, expected] of cases) assert.equal(look(name, type), expected, `${type} ${name}`);
});

describe('server', () => {
  const upstream = { ask: async (message: Buffer) => (asked(message) === 'up.example' ? answerTo(message) : fail()) };
  const server = new DnsServer({ host: '127.0.0.1', port: 0, zone, upstream, log: silentLogger });
  let port = 0;
  before(async () => {
    port = await server.start();
  });
  after(() => server.close());

  const asked = (message: Buffer) => decode(message).questions?.[0]?.name;
  const answerTo = (message: Buffer) =>
    encode({
      type: 'response',
      id: decode(message).id ?? 0,
      answers: [{ type: 'A', name: 'up.example', data: '9.9.9.9' }],
    });
  const fail = (): never => {
    throw new Error('no resolver');
  };
  const question = (name: string, type: RecordType = 'A'): Packet => ({
    type: 'query',
    id: 7,
    flags: 256,
    questions: [{ name, type }],
  });

  function overUdp(message: Buffer): Promise<ReturnType<typeof decode>> {
    return new Promise((resolve) => {
      const socket = createSocket('udp4');
      socket.on('message', (answer) => {
        socket.close();
        resolve(decode(answer));
      });
      socket.send(message, port, '127.0.0.1');
    });
  }

  it('answers over UDP and TCP', async () => {
    const name = 'web.default.svc.cluster.local';
    const udp = await overUdp(encode(question(name)));
    assert.equal(udp.id, 7);
    assert.deepEqual(udp.answers?.map(shown), ['10.96.0.5']);
    const socket = connect(port, '127.0.0.1');
    socket.write(streamEncode(question(name)));
    const [chunk] = await socket.take(1).toArray();
    socket.destroy();
    assert.deepEqual(streamDecode(chunk as Buffer)?.answers?.map(shown), ['10.96.0.5']);
  });

  it('follows other names, out of the cluster too, and never for ever', async () => {
    const out = await overUdp(encode(question('out.default.svc.cluster.local')));
    assert.deepEqual(out.answers?.map(shown), ['up.example', '9.9.9.9']);
    const loop = await overUdp(encode(question('loop.default.svc.cluster.local')));
    assert.equal(loop.id, 7);
  });

  it('says NXDOMAIN, passes other names on, and reports failure', async () => {
    const code = async (name: string) => ((await overUdp(encode(question(name)))).flags ?? 0) & 15;
    assert.equal(await code('no.default.svc.cluster.local'), 3);
    assert.equal(await code('down.example'), 2);
    const passed = await overUdp(encode(question('up.example')));
    assert.deepEqual(passed.answers?.map(shown), ['9.9.9.9']);
    assert.equal(((await overUdp(Buffer.from([0, 7, 1, 0, 0, 9, 0, 0, 0, 0, 0, 0, 5]))).flags ?? 0) & 15, 1);
  });
});

it('writes the resolv.conf of pods', () => {
  const host = parseResolvConf('# x\nnameserver 1.1.1.1\nsearch a.example b.example\noptions timeout:2\n');
  const cluster = { address: '10.96.0.10', domain: 'cluster.local' };
  const conf = (spec: Partial<Pod['spec']>) =>
    podResolvConf(
      { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop' }, spec: { containers: [], ...spec } },
      cluster,
      host,
    );
  assert.equal(
    conf({}),
    'search shop.svc.cluster.local svc.cluster.local cluster.local a.example b.example\nnameserver 10.96.0.10\noptions ndots:5\n',
  );
  assert.equal(conf({ dnsPolicy: 'Default' }), 'search a.example b.example\nnameserver 1.1.1.1\noptions timeout:2\n');
  const dnsConfig = { nameservers: ['8.8.8.8'], options: [{ name: 'ndots', value: '1' }] };
  assert.equal(conf({ dnsPolicy: 'None', dnsConfig }), 'nameserver 8.8.8.8\noptions ndots:1\n');
});

it('passes over a resolver that cannot even be sent to', async () => {
  // Connecting a socket to the broadcast address is not permitted.
  await assert.rejects(
    createUpstream(['255.255.255.255']).ask(Buffer.from('question')),
    /255\.255\.255\.255: .*EACCES/,
  );
});

it('is not hurt by an answer that comes after its end', async () => {
  let answer: (bytes: Buffer) => void = () => {};
  const late = new Promise<Buffer>((resolve) => {
    answer = resolve;
  });
  let tell = () => {};
  const asked = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const failures: unknown[] = [];
  const server = new DnsServer({
    host: '127.0.0.1',
    port: 0,
    zone,
    upstream: {
      ask: () => {
        tell();
        return late;
      },
    },
    log: { ...silentLogger, error: (_, error) => void failures.push(error) },
  });
  const port = await server.start();
  const client = createSocket('udp4');
  client.send(encode({ type: 'query', questions: [{ name: 'example.com', type: 'A' }] }), port, '127.0.0.1');
  await asked;
  await server.close();
  answer(Buffer.from('late'));
  await new Promise((next) => setImmediate(next));
  client.close();
  assert.deepEqual(failures, []);
});
