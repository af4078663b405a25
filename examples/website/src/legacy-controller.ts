/**
 * The controller as the book's chapter has it: a plain program in a container, next to another one that runs `kubectl proxy`.
 * It needs nothing but HTTP to localhost: the proxy does TLS and signs in with the pod's service account.
 *
 * It acts on events instead of on state, and so shows what is wrong with that: a Website deleted while it is away leaves its
 * children behind, and after each restart it makes everything a second time (409 Conflict). `controller.ts` is the right way.
 */
import { type IncomingMessage, request, STATUS_CODES } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

interface Website {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec?: { readonly gitRepo?: string };
}

interface WatchEvent {
  readonly type: string;
  readonly object: Website;
}

interface Resource {
  readonly root: string;
  readonly plural: string;
  readonly template: (name: string, gitRepo: string) => object;
}

/** The port can be given as the program's argument. */
const proxy = { host: 'localhost', port: Number(process.argv[2] ?? 8001) };
const watchPath = '/apis/extensions.example.com/v1/websites?watch=true';
const retryMilliseconds = 1000;

/** What each Website gets. The Deployment's version was already old when this way of doing it was new. */
const resources: readonly Resource[] = [
  { root: '/api/v1', plural: 'services', template: serviceTemplate },
  { root: '/apis/extensions/v1beta1', plural: 'deployments', template: deploymentTemplate },
];

function serviceTemplate(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels: { webserver: name } },
    spec: { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }], selector: { webserver: name } },
  };
}

function deploymentTemplate(name: string, gitRepo: string): object {
  const sync = [
    { name: 'GIT_SYNC_REPO', value: gitRepo },
    { name: 'GIT_SYNC_DEST', value: '/gitrepo' },
    { name: 'GIT_SYNC_BRANCH', value: 'master' },
    { name: 'GIT_SYNC_REV', value: 'FETCH_HEAD' },
    { name: 'GIT_SYNC_WAIT', value: '10' },
  ];
  return {
    apiVersion: 'extensions/v1beta1',
    kind: 'Deployment',
    metadata: { name, labels: { webserver: name } },
    spec: {
      replicas: 1,
      template: {
        metadata: { name, labels: { webserver: name } },
        spec: {
          containers: [
            {
              name: 'main',
              image: 'nginx:alpine',
              ports: [{ containerPort: 80, protocol: 'TCP' }],
              volumeMounts: [{ name: 'html', mountPath: '/usr/share/nginx/html', readOnly: true }],
            },
            {
              name: 'git-sync',
              image: 'openweb/git-sync',
              env: sync,
              volumeMounts: [{ name: 'html', mountPath: '/gitrepo' }],
            },
          ],
          volumes: [{ name: 'html', emptyDir: {} }],
        },
      },
    },
  };
}

async function main(): Promise<never> {
  log('website-controller started.');
  for (;;) {
    try {
      await watch();
    } catch (error) {
      log(`Watch failed, will be tried again: ${reasonOf(error)}`);
    }
    await sleep(retryMilliseconds);
  }
}

/** One watch, from its first event to its end: one JSON document a line. */
async function watch(): Promise<void> {
  const response = await send('GET', watchPath);
  if (response.statusCode !== 200) {
    response.resume();
    throw new Error(`response Status: ${statusOf(response)}`);
  }
  for await (const line of createInterface({ input: response })) {
    // What the API server sends is taken at its word.
    if (line !== '') await handle(JSON.parse(line) as WatchEvent);
  }
}

async function handle({ type, object }: WatchEvent): Promise<void> {
  if (type === 'ERROR') return log(`Received watch event: ERROR: ${JSON.stringify(object)}`);
  log(`Received watch event: ${type}: ${object.metadata.name}: ${object.spec?.gitRepo ?? ''}`);
  for (const resource of resources) {
    if (type === 'ADDED') await create(resource, object);
    if (type === 'DELETED') await remove(resource, object);
  }
}

async function create({ root, plural, template }: Resource, { metadata, spec }: Website): Promise<void> {
  const name = `${metadata.name}-website`;
  log(`Creating ${plural} with name ${name} in namespace ${metadata.namespace}`);
  const body = JSON.stringify(template(name, spec?.gitRepo ?? ''));
  const response = await send('POST', `${root}/namespaces/${metadata.namespace}/${plural}/`, body);
  log(`response Status: ${statusOf(response)}`);
  response.resume();
}

async function remove({ root, plural }: Resource, { metadata }: Website): Promise<void> {
  const name = `${metadata.name}-website`;
  log(`Deleting ${plural} with name ${name} in namespace ${metadata.namespace}`);
  // Said explicitly: servers that have this old version leave a Deployment's ReplicaSets and pods behind otherwise.
  const path = `${root}/namespaces/${metadata.namespace}/${plural}/${name}?propagationPolicy=Background`;
  const response = await send('DELETE', path);
  log(`response Status: ${statusOf(response)}`);
  response.resume();
}

function send(method: string, path: string, body?: string): Promise<IncomingMessage> {
  const headers =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...proxy, method, path, headers }, resolve);
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function statusOf({ statusCode = 0, statusMessage }: IncomingMessage): string {
  return `${statusCode} ${statusMessage || (STATUS_CODES[statusCode] ?? '')}`.trim();
}

/** A name with several addresses fails with an error for each, and no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

function log(text: string): void {
  const now = new Date().toISOString();
  console.log(`${now.slice(0, 10).replaceAll('-', '/')} ${now.slice(11, 19)} ${text}`);
}

await main();
