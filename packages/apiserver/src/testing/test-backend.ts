/**
 * The server of an APIService in a test: HTTPS with a certificate of its own authority, and the objects that lead to it.
 */
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createAuthority, issueCertificate } from '@kindred/machinery/certificates';
import type { TestServer } from './test-server.ts';

export interface TestBackend {
  readonly server: Server;
  readonly port: number;
  /** base64 of the PEM of its authority. */
  readonly caBundle: string;
  /** Heads of the requests that have come, the newest last. */
  readonly requests: readonly IncomingMessage[];
  /** Connections that were opened so far. */
  connections(): number;
  close(): Promise<void>;
}

export interface TestBackendOptions {
  readonly serverName?: string;
  /** PEM: clients must have a certificate of this authority. */
  readonly clientCa?: string;
}

/** Starts a server that ends with the test. */
export async function createTestBackend(
  t: TestContext,
  answer: RequestListener,
  { serverName = 'backend.default.svc', clientCa }: TestBackendOptions = {},
): Promise<TestBackend> {
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const authority = createAuthority('backend', validity);
  const { certificate, key } = issueCertificate(authority, {
    commonName: serverName,
    usages: ['serverAuth'],
    dnsNames: [serverName],
    ...validity,
  });
  const requests: IncomingMessage[] = [];
  const sockets: Socket[] = [];
  const demand = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  const server = createServer({ cert: certificate, key, ...demand }, (request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.on('connection', (socket: Socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port of its own.
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      // Those that were upgraded are none of the server's any more.
      for (const socket of sockets) socket.destroy();
    });
  t.after(close);
  return {
    server,
    port,
    caBundle: Buffer.from(authority.certificate).toString('base64'),
    requests,
    connections: () => sockets.length,
    close,
  };
}

/** An ExternalName Service `default/backend` for this machine. */
export const backendService = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'backend', namespace: 'default' },
  spec: { type: 'ExternalName', externalName: '127.0.0.1' },
};

/** APIService `v1.wardle.example.com` for the backend; `spec` changes it. */
export function wardleApiService(
  { port, caBundle }: Pick<TestBackend, 'port' | 'caBundle'>,
  spec: object = {},
): object {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.wardle.example.com' },
    spec: {
      group: 'wardle.example.com',
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 15,
      service: { namespace: 'default', name: 'backend', port },
      caBundle,
      ...spec,
    },
  };
}

export const apiServices = '/apis/apiregistration.k8s.io/v1/apiservices';

/** Makes both objects. */
export async function register(server: TestServer, backend: TestBackend, spec: object = {}): Promise<void> {
  await server.call('POST', '/api/v1/namespaces/default/services', backendService);
  await server.call('POST', apiServices, wardleApiService(backend, spec));
}

/** Waits until the APIService's condition has this reason. */
export async function reachReason(server: TestServer, wanted: string): Promise<void> {
  const events = server.watch(`${apiServices}?watch=true&fieldSelector=metadata.name%3Dv1.wardle.example.com`);
  for (;;) {
    const { object } = await events.next();
    const { conditions = [] } = (object['status'] ?? {}) as { conditions?: { reason: string }[] };
    if (conditions[0]?.reason === wanted) return;
  }
}
