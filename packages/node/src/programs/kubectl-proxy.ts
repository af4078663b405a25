/**
 * The program of the kubectl-proxy images: an ambassador that listens on localhost:8001 without TLS and passes requests
 * on to the API server with TLS and the pod's service-account token, which is read again for every request since it is
 * renewed. Answers stream: the lines of a watch pass one by one.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { endOnSignals, programEnvironment } from './program-environment.ts';

const environment = programEnvironment(process.env);
const account = environment.path('/var/run/secrets/kubernetes.io/serviceaccount');
const host = process.env['KUBERNETES_SERVICE_HOST'] ?? 'kubernetes.default.svc';
const port = Number(process.env['KUBERNETES_SERVICE_PORT'] ?? 443);
// The certificate of every API server has this name; the address it is reached at may be any.
const serverName = 'kubernetes.default.svc';
const agent = new Agent({ keepAlive: true });
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'authorization',
]);

function proxy(request: IncomingMessage, response: ServerResponse): void {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (!hopByHop.has(name) && value !== undefined) headers[name] = value;
  }
  headers['authorization'] = `Bearer ${readFileSync(`${account}/token`, 'utf8').trim()}`;
  const upstream = httpsRequest({
    host,
    port,
    agent,
    headers,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    ca: readFileSync(`${account}/ca.crt`),
    servername: serverName,
  });
  upstream.on('response', (answer) => {
    const passed = Object.entries(answer.headers).filter(([name]) => !hopByHop.has(name));
    response.writeHead(answer.statusCode ?? 502, Object.fromEntries(passed));
    response.flushHeaders();
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  upstream.on('error', (error) => fail(response, error.message));
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

function fail(response: ServerResponse, message: string): void {
  console.error(`proxy error: ${message}`);
  if (response.headersSent) response.destroy();
  else response.writeHead(502, { 'content-type': 'text/plain' }).end(`${message}\n`);
}

const server = createServer((request, response) => {
  try {
    proxy(request, response);
  } catch (error) {
    fail(response, error instanceof Error ? error.message : String(error));
  }
});
// Watches have no end: nothing here may time out.
server.requestTimeout = 0;
// Only for the containers of the same pod, which share its loopback.
const listenHost = '127.0.0.1';
server.listen(environment.port(8001), listenHost, () => console.log(`Starting to serve on ${listenHost}:8001`));
server.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
endOnSignals(() => process.exit(0));
