/** A server of others for tests: serves Flunders of `extensions.example.com/v1alpha1` out of memory, behind the aggregator. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createAuthority, issueCertificate } from '@kindred/machinery/certificates';

const group = 'extensions.example.com';
const version = 'v1alpha1';
const apiVersion = `${group}/${version}`;
const root = `/apis/${apiVersion}`;

interface Flunder {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: { readonly color?: string };
}

export interface WardleServer {
  readonly port: number;
  /** base64 of the PEM of its authority. */
  readonly caBundle: string;
  /** Users that it was told of, in order. */
  readonly users: readonly string[];
  /** Dies, with everything that was going on. */
  close(): Promise<void>;
}

export async function startWardleServer(): Promise<WardleServer> {
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const authority = createAuthority('wardle', validity);
  const serverName = 'website-api.default.svc';
  const leaf = { commonName: serverName, usages: ['serverAuth'] as const, dnsNames: [serverName], ...validity };
  const { certificate, key } = issueCertificate(authority, leaf);
  const users: string[] = [];
  const flunders = new Map<string, Flunder>();
  const watches = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  const server = createServer({ cert: certificate, key }, (request, response) => {
    users.push(String(request.headers['x-remote-user']));
    response.setHeader('content-type', 'application/json');
    void answer(request, response, { flunders, watches });
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    // It listens on a port of its own.
    port: (server.address() as AddressInfo).port,
    caBundle: Buffer.from(authority.certificate).toString('base64'),
    users,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

interface State {
  readonly flunders: Map<string, Flunder>;
  readonly watches: Set<ServerResponse>;
}

async function answer(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'https://wardle');
  if (pathname === root) return end(response, 200, resourceList);
  if (pathname === '/openapi/v3') {
    const serverRelativeURL = `/openapi/v3/apis/${apiVersion}?hash=1`;
    return end(response, 200, { paths: { [`apis/${apiVersion}`]: { serverRelativeURL } } });
  }
  if (pathname === `/openapi/v3/apis/${apiVersion}`) return end(response, 200, openApi);
  const [, name] = /\/namespaces\/default\/flunders(?:\/([^/]+))?$/.exec(pathname) ?? [];
  if (!pathname.includes('/flunders')) return end(response, 404, status(404, 'NotFound', pathname));
  if (name === undefined && request.method === 'POST') return create(request, response, state);
  if (name === undefined) return list(request, response, state, searchParams.get('watch') !== null);
  const found = state.flunders.get(name);
  if (found === undefined) return end(response, 404, status(404, 'NotFound', `flunders.${group} "${name}" not found`));
  if (request.method === 'DELETE') {
    state.flunders.delete(name);
    return end(response, 200, {
      ...status(200, '', ''),
      status: 'Success',
      details: { name, group, kind: 'flunders' },
    });
  }
  end(response, 200, found);
}

async function create(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const sent = JSON.parse(Buffer.concat(chunks).toString()) as Flunder;
  const number = String(state.flunders.size + 1);
  const creationTimestamp = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const metadata = { ...sent.metadata, namespace: 'default', uid: number, resourceVersion: number, creationTimestamp };
  const made = { ...sent, apiVersion, kind: 'Flunder', metadata };
  state.flunders.set(made.metadata.name, made);
  for (const watch of state.watches) watch.write(`${JSON.stringify({ type: 'ADDED', object: table([made]) })}\n`);
  end(response, 201, made);
}

function list(request: IncomingMessage, response: ServerResponse, state: State, isWatch: boolean): void {
  const items = [...state.flunders.values()];
  if (isWatch) {
    state.watches.add(response.writeHead(200));
    response.flushHeaders();
  } else if (request.headers.accept?.includes('as=Table') === true) end(response, 200, table(items));
  else end(response, 200, { kind: 'FlunderList', apiVersion, metadata: { resourceVersion: '1' }, items });
}

function table(items: readonly Flunder[]): object {
  const columnDefinitions = ['Name', 'Color'].map((name) => ({ name, type: 'string', format: '', priority: 0 }));
  const rows = items.map((object) => ({ cells: [object.metadata.name, object.spec?.color ?? ''], object }));
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: '1' }, columnDefinitions, rows };
}

function status(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason, code, message, details: {} };
}

function end(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code).end(JSON.stringify(body));
}

const resourceList = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: apiVersion,
  resources: [
    {
      name: 'flunders',
      singularName: 'flunder',
      namespaced: true,
      kind: 'Flunder',
      shortNames: ['fl'],
      verbs: ['create', 'delete', 'get', 'list', 'watch'],
    },
  ],
};

const groupVersionKind = { group, version, kind: 'Flunder' };
const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
  name,
  in: 'query',
  schema: { type: 'string' },
}));

const openApi = {
  openapi: '3.0.0',
  info: { title: 'wardle', version: '1' },
  paths: Object.fromEntries(
    ['', '/{name}'].map((end) => [
      `${root}/namespaces/{namespace}/flunders${end}`,
      Object.fromEntries(
        ['post', 'patch'].map((method) => [
          method,
          { parameters, responses: {}, 'x-kubernetes-group-version-kind': groupVersionKind },
        ]),
      ),
    ]),
  ),
  components: {
    schemas: {
      'com.example.extensions.v1alpha1.Flunder': {
        type: 'object',
        description: 'Flunder is a thing of others.',
        'x-kubernetes-group-version-kind': [groupVersionKind],
        properties: {
          spec: {
            type: 'object',
            properties: { color: { type: 'string', description: 'What it looks like.' } },
          },
        },
      },
    },
  },
};
