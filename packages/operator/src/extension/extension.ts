/**
 * An extension: everything that belongs together to add something to a cluster, as one value. `kindred up` runs it in its own
 * process; the same parts can be put onto any other cluster.
 */
import type { ClusterRole, PolicyRule } from '@kindred/apis/rbac/v1';
import type { CustomResourceDefinition } from '@kindred/schema';
import type { Runnable } from '../manager/runnable.ts';
import { mergeRules } from '../rbac/rules.ts';
import type { Webhook } from '../webhook/webhook.ts';
import { webhookServerRules } from '../webhook/webhook-server.ts';
import type { ExtensionApiServer } from './extension-api-server.ts';

/** A program that stands in for a container image on nodes without a container engine. */
export interface ExtensionImage {
  /** As manifests write them: `luksa/website-controller`. A name without a tag stands for every tag. */
  readonly names: readonly string[];
  /** The program and its arguments. `$(NODE)` stands for the Node.js binary. */
  readonly entrypoint: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly exposedPorts?: readonly number[];
  /** Files and directories of this machine that the program needs. */
  readonly hostPaths?: readonly string[];
}

export interface ExtensionOptions {
  /** One lower-case word: names the extension on the command line and in the cluster. */
  readonly name: string;
  /** Kinds that it adds: values of `defineKind`. */
  readonly kinds?: readonly { crd(): CustomResourceDefinition }[];
  readonly controllers?: readonly Runnable[];
  /** Admission webhooks: `validatingWebhook`, `mutatingWebhook`. */
  readonly webhooks?: readonly Webhook[];
  /** Custom API servers: `defineApiServer` of `@kindred/operator/api-server`. */
  readonly apiServers?: readonly ExtensionApiServer[];
  /**
   * Roles for people: who may do what with the resources that it adds. Labels such as
   * `rbac.authorization.k8s.io/aggregate-to-edit` add them to the roles that clusters have.
   */
  readonly roles?: readonly ClusterRole[];
  /** Rights beyond those that the controllers declare. */
  readonly rules?: readonly PolicyRule[];
  readonly images?: readonly ExtensionImage[];
}

export interface Extension {
  readonly name: string;
  readonly crds: readonly CustomResourceDefinition[];
  readonly controllers: readonly Runnable[];
  readonly webhooks: readonly Webhook[];
  readonly apiServers: readonly ExtensionApiServer[];
  /** For people, not for itself. */
  readonly roles: readonly ClusterRole[];
  /** Everything that its controllers, webhooks and API servers must be allowed to do. */
  readonly rbac: readonly PolicyRule[];
  readonly images: readonly ExtensionImage[];
}

/**
 * @example export default defineExtension({ name: 'website', kinds: [Website], controllers: [websites] });
 * @throws TypeError when the name is not a DNS label
 */
export function defineExtension(options: ExtensionOptions): Extension {
  const {
    name,
    kinds = [],
    controllers = [],
    webhooks = [],
    apiServers = [],
    roles = [],
    rules = [],
    images = [],
  } = options;
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    throw new TypeError(`Extension name ${JSON.stringify(name)} is not a DNS label`);
  return {
    name,
    crds: kinds.map((kind) => kind.crd()),
    controllers,
    webhooks,
    apiServers,
    roles,
    rbac: mergeRules([
      ...controllers.flatMap((controller) => controller.rules),
      ...webhookServerRules({ extension: name, webhooks }),
      ...apiServers.flatMap((server) => server.rules),
      ...rules,
    ]),
    images,
  };
}

/** The ClusterRole that the extension's controllers need when they run as a service account. */
export function clusterRoleOf(extension: Extension): ClusterRole {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: `kindred:${extension.name}` },
    rules: [...extension.rbac],
  };
}
