/**
 * How the cluster learns of a custom API server: an APIService for each group and version (`apiregistration.k8s.io/v1`), and
 * for a server of one process the Service that leads to it.
 */
import { APIService } from '@kindred/apis/apiregistration/v1';
import { Service } from '@kindred/apis/core/v1';
import type { PolicyRule } from '@kindred/apis/rbac/v1';
import { type Client, sleep } from '@kindred/client';
import { type Clock, isStatusError, type KindRef, type KubeObject } from '@kindred/machinery';
import {
  API_SERVER_PROCESS_LABEL,
  type ExtensionApiServer,
  type ServedGroupVersion,
} from '../../extension/extension-api-server.ts';

/** The Service that APIServices name. */
export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

export interface Registration {
  readonly server: ExtensionApiServer;
  readonly service: ServiceName;
  /** Of the Service. */
  readonly port: number;
  /** The server is a part of this process, and its Service a name for this machine. */
  readonly ofProcess: boolean;
}

/** The Service of a server that is a part of this process. */
export function processService(name: string): ServiceName {
  return { namespace: 'kube-system', name: `kindred-${name}` };
}

/** Makes the registration say what holds now. @param authorities PEM of those that the API server is to trust */
export async function register(client: Client, registration: Registration, authorities: string): Promise<void> {
  const { server, service, port, ofProcess } = registration;
  const labels = ofProcess ? { [API_SERVER_PROCESS_LABEL]: 'true' } : {};
  if (ofProcess) {
    const spec = { type: 'ExternalName', externalName: 'localhost', ports: [{ port, protocol: 'TCP' }] };
    const intent = { metadata: { ...service, labels }, spec };
    await client.apply(Service, intent, { force: true });
  }
  for (const groupVersion of server.groupVersions) {
    const { group, version, groupPriorityMinimum, versionPriority } = groupVersion;
    const caBundle = Buffer.from(authorities).toString('base64');
    const spec = { group, version, groupPriorityMinimum, versionPriority, service: { ...service, port }, caBundle };
    const intent = { metadata: { name: nameOf(groupVersion), labels }, spec };
    await client.apply(APIService, intent, { force: true });
  }
}

/** Takes back what `register` has made; what somebody else has removed meanwhile is gone already. */
export async function unregister(client: Client, { server, service, ofProcess }: Registration): Promise<void> {
  for (const groupVersion of server.groupVersions)
    await deleteIfThere(client, APIService, { name: nameOf(groupVersion) });
  if (ofProcess) await deleteIfThere(client, Service, service);
}

async function deleteIfThere(
  client: Client,
  kind: KindRef<KubeObject>,
  at: { readonly name: string; readonly namespace?: string },
): Promise<void> {
  try {
    await client.delete(kind, at);
  } catch (error) {
    if (!isStatusError(error, 'NotFound')) throw error;
  }
}

const pause = 50;

/** Resolves to the names of the APIServices that aren't available at the end of `limit` milliseconds. */
export async function waitUntilAvailable(
  client: Client,
  { groupVersions }: ExtensionApiServer,
  { clock, limit }: { readonly clock: Clock; readonly limit: number },
): Promise<string[]> {
  const deadline = clock.now() + limit;
  let missing = groupVersions.map(nameOf);
  for (;;) {
    const available = await Promise.all(missing.map((name) => isAvailable(client, name)));
    missing = missing.filter((_, index) => available[index] !== true);
    if (missing.length === 0 || clock.now() >= deadline) return missing;
    await sleep(clock, pause);
  }
}

async function isAvailable(client: Client, name: string): Promise<boolean> {
  const { status } = await client.get(APIService, { name });
  return status?.conditions?.some(({ type, status: is }) => type === 'Available' && is === 'True') ?? false;
}

/** To keep the registration of this server, and no others. */
export function registrationRules(server: Pick<ExtensionApiServer, 'name' | 'groupVersions'>): PolicyRule[] {
  const verbs = ['get', 'create', 'patch', 'delete'];
  const names = server.groupVersions.map(nameOf);
  const service = processService(server.name).name;
  return [
    { apiGroups: ['apiregistration.k8s.io'], resources: ['apiservices'], resourceNames: names, verbs },
    { apiGroups: [''], resources: ['services'], resourceNames: [service], verbs },
  ];
}

function nameOf({ version, group }: ServedGroupVersion): string {
  return `${version}.${group}`;
}
