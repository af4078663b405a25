import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { after, describe, it } from 'node:test';
import type { Service } from '@kindred/apis/core/v1';
import type { EndpointSlice } from '@kindred/apis/discovery/v1';
import { silentLogger, systemClock } from '@kindred/machinery';
import { AddressPool } from './address-pool.ts';
import { containsAddress, formatCidr, parseCidr, shiftCidr } from './cidr.ts';
import { ServiceProxy } from './service-proxy.ts';
import { type Backend, type ServiceForward, serviceForwards } from './service-table.ts';

it('computes with ranges', () => {
  const cidr = parseCidr('10.244.3.7/24');
  assert.equal(formatCidr(cidr), '10.244.3.0/24');
  assert.equal(formatCidr(shiftCidr(cidr, 1)), '10.244.4.0/24');
  assert.ok(containsAddress(cidr, '10.244.3.255') && !containsAddress(cidr, '10.244.4.0'));
  for (const text of ['10.0.0.0', '10.0.0/8', '300.0.0.0/8', '10.0.0.0/33'])
    assert.throws(() => parseCidr(text), /range/);
});

it('gives out each address once', () => {
  const pool = new AddressPool(parseCidr('10.0.0.0/29'));
  assert.deepEqual(
    ['a', 'b', 'a'].map((owner) => pool.take(owner)),
    ['10.0.0.2', '10.0.0.3', '10.0.0.2'],
  );
  pool.release('a');
  assert.deepEqual(
    ['c', 'd', 'e', 'f'].map((owner) => pool.take(owner)),
    ['10.0.0.4', '10.0.0.5', '10.0.0.6', '10.0.0.2'],
  );
  assert.throws(() => pool.take('g'), /no address is free/);
});

const service: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'default', name: 'web' },
  spec: { clusterIP: '10.96.0.5', type: 'NodePort', ports: [{ name: 'http', port: 80, nodePort: 30080 }] },
};
const slice: EndpointSlice = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { namespace: 'default', name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080 }],
  endpoints: [{ addresses: ['10.244.0.2'] }, { addresses: ['10.244.0.3'], conditions: { ready: false } }],
};

it('derives listeners from services and their ready endpoints', () => {
  const options = {
    nodePortAddresses: ['127.0.0.1'],
    apiServer: { host: '127.0.0.1', port: 6443 },
    dnsAddress: '10.96.0.10',
  };
  const kubernetes = {
    ...service,
    metadata: { namespace: 'default', name: 'kubernetes' },
    spec: { clusterIP: '10.96.0.1', ports: [{ port: 443 }] },
  };
  const headless = {
    ...service,
    metadata: { namespace: 'default', name: 'h' },
    spec: { clusterIP: 'None', ports: [{ port: 80 }] },
  };
  const dns = {
    ...service,
    metadata: { namespace: 'kube-system', name: 'kube-dns' },
    spec: { clusterIP: '10.96.0.10', ports: [{ port: 53 }] },
  };
  const forwards = serviceForwards([service, kubernetes, headless, dns], [slice], options);
  const backends = [{ host: '10.244.0.2', port: 8080 }];
  assert.deepEqual(forwards, [
    { key: 'default/web:http 10.96.0.5:80/TCP', protocol: 'TCP', host: '10.96.0.5', port: 80, backends },
    { key: 'default/web:http 127.0.0.1:30080/TCP', protocol: 'TCP', host: '127.0.0.1', port: 30080, backends },
    {
      key: 'default/kubernetes: 10.96.0.1:443/TCP',
      protocol: 'TCP',
      host: '10.96.0.1',
      port: 443,
      backends: [options.apiServer],
    },
  ]);
});

describe('service proxy', () => {
  const proxy = new ServiceProxy({ clock: systemClock, log: silentLogger, hostPort: (_, port) => port });
  after(() => proxy.close());

  async function backend(name: string) {
    const server = createServer((socket) => socket.end(`${name} `));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    after(() => server.close());
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  }
  async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }
  const forward = (port: number, backends: Backend[], affinitySeconds?: number): ServiceForward => ({
    key: `a ${port}`,
    protocol: 'TCP',
    host: '127.0.0.1',
    port,
    backends,
    ...(affinitySeconds && { affinitySeconds }),
  });
  const ask = async (port: number) => {
    let text = '';
    for await (const chunk of connect(port, '127.0.0.1')) text += chunk;
    return text.trim();
  };

  it('goes round the backends, passes over dead ones, and keeps clients that ask for it', async () => {
    const [one, two, dead] = [
      await backend('one'),
      await backend('two'),
      { host: '127.0.0.1', port: await freePort() },
    ];
    const port = await freePort();
    await proxy.update([forward(port, [one, two, dead])]);
    const answers = [await ask(port), await ask(port), await ask(port), await ask(port)];
    assert.ok(answers.includes('one') && answers.includes('two') && !answers.includes(''));
    await proxy.update([forward(port, [one, two], 60)]);
    const kept = new Set([await ask(port), await ask(port), await ask(port)]);
    assert.equal(kept.size, 1);
    await proxy.update([forward(port, [])]);
    await assert.rejects(ask(port), /ECONNRESET/);
    await proxy.update([]);
    await assert.rejects(ask(port), /ECONNREFUSED/);
  });

  it('says what it cannot serve', async () => {
    const taken = await backend('taken');
    await proxy.update([forward(taken.port, [])]);
    assert.match(proxy.failures().get(`a ${taken.port}`) ?? '', /EADDRINUSE/);
    await proxy.update([]);
    assert.equal(proxy.failures().size, 0);
  });

  it('keeps nothing of an address that it cannot serve, however often it is tried', async () => {
    const holder = createSocket('udp4').bind(0, '127.0.0.1');
    await once(holder, 'listening');
    const udp: ServiceForward = { ...forward(holder.address().port, []), protocol: 'UDP' };
    const descriptors = () => readdirSync('/proc/self/fd').length;
    await proxy.update([udp]);
    const before = descriptors();
    for (let i = 0; i < 20; i++) await proxy.update([udp]);
    assert.ok(descriptors() < before + 10, `${before} descriptors became ${descriptors()}`);
    holder.close();
    await proxy.update([]);
  });
});
