/**
 * Runs extensions in this process, as their own user with just the rights that their controllers declare: what works here
 * works under the same ClusterRole on any other cluster.
 */

import { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '@kindred/apis/admissionregistration/v1';
import { APIService } from '@kindred/apis/apiregistration/v1';
import { Service } from '@kindred/apis/core/v1';
import { ClusterRole, ClusterRoleBinding, RoleBinding } from '@kindred/apis/rbac/v1';
import type { InProcessTransport } from '@kindred/apiserver';
import { type Client, createClient } from '@kindred/client';
import type { Clock } from '@kindred/machinery';
import { errorText } from '@kindred/machinery';
import type { Extension, Logger, Manager } from '@kindred/operator';
import {
  API_SERVER_PROCESS_LABEL,
  clusterRoleOf,
  createManager,
  delegationBindings,
  installKinds,
  PROCESS_LABEL,
  webhookServer,
} from '@kindred/operator';
import type { Store } from '@kindred/store';
import { Fault } from '../fault.ts';

export interface ExtensionHostOptions {
  readonly extensions: readonly Extension[];
  /** A transport as that user; `admin` may do everything. */
  readonly transport: (user: string) => InProcessTransport;
  readonly admin: InProcessTransport;
  /** Where API servers of extensions keep what they store: a keyspace for each, by the name of the server. */
  readonly storeOf: (server: string) => Store;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface ExtensionHost {
  close(): Promise<void>;
}

/** Installs the kinds and rights of each extension and starts its controllers. Throws KND_EXTENSION that names the one at fault. */
export async function startExtensions(options: ExtensionHostOptions): Promise<ExtensionHost> {
  const managers: Manager[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(managers.map((manager) => manager.close()));
  };
  const starts = options.extensions.map(async (extension) => {
    try {
      await startExtension(extension, options, (manager) => managers.push(manager));
    } catch (error) {
      throw startFault(extension, error);
    }
  });
  const failure = (await Promise.allSettled(starts)).find((outcome) => outcome.status === 'rejected');
  if (failure === undefined) return { close };
  await close();
  throw failure.reason;
}

/**
 * Removes what registers webhooks and API servers of a process that has ended without doing so: the ones would refuse every
 * write of their kinds until their extension runs again, if it ever does, the others would be looked for in vain.
 */
export async function forgetServers({ admin, clock }: Pick<ExtensionHostOptions, 'admin' | 'clock'>): Promise<void> {
  const client = createClient(admin, { userAgent: 'kindred-extensions', clock });
  for (const kind of [ValidatingWebhookConfiguration, MutatingWebhookConfiguration]) {
    await client.deleteCollection(kind, {}, { labelSelector: PROCESS_LABEL });
  }
  const ofProcess = { labelSelector: API_SERVER_PROCESS_LABEL };
  await client.deleteCollection(APIService, {}, ofProcess);
  await client.deleteCollection(Service, { namespace: 'kube-system' }, ofProcess);
}

function startFault({ name }: Extension, error: unknown): Fault {
  const reason = errorText(error);
  const hint = 'Correct the extension, or start without it: --extensions takes the names of those that are wanted.';
  return new Fault('KND_EXTENSION', `The extension ${name} could not start: ${reason}`, hint, { cause: error });
}

async function startExtension(
  extension: Extension,
  options: ExtensionHostOptions,
  started: (manager: Manager) => void,
): Promise<void> {
  const { admin, transport, storeOf, clock, logger } = options;
  const client = createClient(admin, { userAgent: 'kindred-extensions', clock });
  await installKinds(extension, { client, clock });
  const user = `system:kindred:extension:${extension.name}`;
  await grantRights(extension, user, client);
  const manager = createManager({
    transport: transport(user),
    userAgent: `kindred-extension-${extension.name}`,
    clock,
    logger: logger.with({ extension: extension.name }),
    stopLimit: 1000,
    informers: { freeze: false },
  });
  started(manager);
  for (const controller of extension.controllers) manager.add(controller);
  const { name: extensionName, webhooks, apiServers } = extension;
  if (webhooks.length > 0) manager.add(webhookServer({ extension: extensionName, webhooks }));
  if (apiServers.length > 0) {
    // Most extensions have none, and load nothing of it.
    const { apiServer } = await import('@kindred/operator/api-server');
    for (const server of apiServers) manager.add(apiServer({ server, store: storeOf(server.name) }));
  }
  await manager.start();
}

async function grantRights(extension: Extension, user: string, client: Client): Promise<void> {
  const role = clusterRoleOf(extension);
  const name = `kindred:${extension.name}`;
  for (const each of [role, ...extension.roles]) await client.apply(ClusterRole, each, { force: true });
  await client.apply(
    ClusterRoleBinding,
    // What the server fills in (kind, times) is part of the type, and not of what is applied.
    {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
    } as ClusterRoleBinding,
    { force: true },
  );
  if (extension.apiServers.length === 0) return;
  const bindings = delegationBindings(extension.name, { kind: 'User', name: user });
  await client.apply(ClusterRoleBinding, bindings.clusterRoleBinding, { force: true });
  await client.apply(RoleBinding, bindings.roleBinding, { force: true });
}
