/**
 * Runs extensions in this process, as their own user with just the rights that their controllers declare: what works here
 * works under the same ClusterRole on any other cluster.
 */

import { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '@kindred/apis/admissionregistration/v1';
import { ClusterRole, ClusterRoleBinding } from '@kindred/apis/rbac/v1';
import type { InProcessTransport } from '@kindred/apiserver';
import { createClient } from '@kindred/client';
import type { Clock } from '@kindred/machinery';
import { errorText } from '@kindred/machinery';
import type { Extension, Logger, Manager } from '@kindred/operator';
import { clusterRoleOf, createManager, installKinds, PROCESS_LABEL, webhookServer } from '@kindred/operator';
import { Fault } from '../fault.ts';

export interface ExtensionHostOptions {
  readonly extensions: readonly Extension[];
  /** A transport as that user; `admin` may do everything. */
  readonly transport: (user: string) => InProcessTransport;
  readonly admin: InProcessTransport;
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
 * Removes what registers webhooks of a process that has ended without doing so: they would refuse every write of their
 * kinds until their extension runs again, if it ever does.
 */
export async function forgetWebhooks({ admin, clock }: Pick<ExtensionHostOptions, 'admin' | 'clock'>): Promise<void> {
  const client = createClient(admin, { userAgent: 'kindred-extensions', clock });
  for (const kind of [ValidatingWebhookConfiguration, MutatingWebhookConfiguration]) {
    await client.deleteCollection(kind, {}, { labelSelector: PROCESS_LABEL });
  }
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
  const { admin, transport, clock, logger } = options;
  const client = createClient(admin, { userAgent: 'kindred-extensions', clock });
  await installKinds(extension, { client, clock });
  const role = clusterRoleOf(extension);
  const name = `kindred:${extension.name}`;
  const user = `system:kindred:extension:${extension.name}`;
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
  const { name: extensionName, webhooks } = extension;
  if (webhooks.length > 0) manager.add(webhookServer({ extension: extensionName, webhooks }));
  await manager.start();
}
