/**
 * The real API server in process, with a plain HTTP front for the real helm: both talk to the same kind of cluster, and
 * what they send is written down. No controllers: tests set statuses themselves.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Client, createClient, type Transport, type TransportRequest } from '@kindred/client';
import { decodeJson, type JsonValue } from '@kindred/machinery';
import { type CommandResult, clientBinary, runCommand } from '@kindred-conformance/clients';
import { inProcessApi } from '@kindred-conformance/clients/in-process';

export interface SentRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly contentType: string;
  /** Whom the sender acts as; empty for itself. */
  readonly user: string;
  /** Undefined when there was none, or none in JSON. */
  readonly body: JsonValue | undefined;
}

export interface HttpCluster {
  readonly url: string;
  /** Not written down. */
  readonly transport: Transport;
  /** A person in front of the cluster; not written down. */
  readonly client: Client;
  /** As `client`, written down. */
  readonly recorded: Client;
  /** Requests of helm and of `recorded`, in order. */
  readonly requests: SentRequest[];
  /** Runs the real helm. */
  helm(...args: readonly string[]): Promise<CommandResult>;
}

/** `variables` are further ones of helm's environment. */
export async function httpCluster(
  t: Pick<TestContext, 'after'>,
  variables: Readonly<Record<string, string>> = {},
): Promise<HttpCluster> {
  const home = await mkdtemp(join(tmpdir(), 'kindred-helm-'));
  const front = createServer();
  const { transport, client, faults } = await inProcessApi(t, {
    beforeClose: async () => {
      front.closeAllConnections();
      front.close();
      await rm(home, { recursive: true });
      for (const fault of faults) process.emitWarning(fault);
    },
  });
  const requests: SentRequest[] = [];
  const recording = recorder(transport, requests);
  front.on('request', (request, response) => {
    answer(recording, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const address = front.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const environment = {
    HOME: home,
    HELM_CACHE_HOME: home,
    HELM_CONFIG_HOME: home,
    HELM_DATA_HOME: home,
    KUBECONFIG: '',
    ...variables,
  };
  return {
    url,
    transport,
    client,
    recorded: createClient(recording, { userAgent: 'kindred' }),
    requests,
    helm: async (...args) =>
      runCommand(await clientBinary('helm'), ['--kube-apiserver', url, ...args], { environment }),
  };
}

function recorder(transport: Transport, requests: SentRequest[]): Transport {
  return {
    request(request) {
      const contentType = String(request.headers['content-type'] ?? '');
      const body = contentType.includes('protobuf') ? undefined : readBody(request.body);
      const user = String(request.headers['impersonate-user'] ?? '');
      requests.push({ method: request.method, path: request.path, contentType, user, body });
      return transport.request(request);
    },
    close: () => transport.close(),
  };
}

function readBody(body: Uint8Array | undefined): JsonValue | undefined {
  return body === undefined || body.length === 0 ? undefined : decodeJson(body).value;
}

async function answer(transport: Transport, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  const answered = await transport.request({
    // Clients of Kubernetes use no others.
    method: request.method as TransportRequest['method'],
    path: request.url ?? '/',
    headers,
    ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    signal: gone.signal,
  });
  response.writeHead(answered.status, answered.headers);
  response.flushHeaders();
  try {
    for await (const chunk of answered.body) response.write(chunk);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
  response.end();
}
