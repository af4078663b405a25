/**
 * The configurations that register an extension's webhooks, and the rights to keep them.
 */
import type {
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration,
} from '@kindred/apis/admissionregistration/v1';
import type { PolicyRule } from '@kindred/apis/rbac/v1';
import { type Webhook, webhookName } from './webhook.ts';

/** On configurations whose webhooks live in the process that made them: they end with it. */
export const PROCESS_LABEL = 'extensions.kindred.dev/webhooks-of-process';

/** How the API server reaches the webhooks. */
export type WebhookReach =
  /** The same machine: `https://127.0.0.1:1234/<secret>`. */
  | { readonly url: string }
  /** A Service of the cluster in front of the extension's pods. */
  | { readonly service: { readonly namespace: string; readonly name: string; readonly port?: number } };

export interface Registration {
  readonly extension: string;
  readonly webhooks: readonly Webhook[];
  readonly reach: WebhookReach;
  /** PEM of the authorities that the API server is to trust. */
  readonly authorities: string;
}

/** What is being deleted must be able to lose its finalizers, whoever answers. */
const letGo = {
  name: 'not-being-deleted',
  expression: "request.operation == 'DELETE' || !has(object.metadata.deletionTimestamp)",
};

/** What is applied. */
export interface WebhookConfigurations {
  readonly validating: Omit<ValidatingWebhookConfiguration, 'apiVersion' | 'kind'> | undefined;
  readonly mutating: Omit<MutatingWebhookConfiguration, 'apiVersion' | 'kind'> | undefined;
}

/** The name of both configurations. */
export function configurationName(extension: string): string {
  return `kindred-${extension}`;
}

/** The path under which the webhook is served. */
export function webhookPath(webhook: Webhook, extension: string): string {
  return `/${webhook.type}/${webhookName(webhook, extension)}`;
}

export function webhookConfigurations(registration: Registration): WebhookConfigurations {
  const { extension, webhooks, reach } = registration;
  const labels = 'url' in reach ? { [PROCESS_LABEL]: 'true' } : {};
  const metadata = { name: configurationName(extension), labels };
  const validating = webhooks
    .filter(({ type }) => type === 'validating')
    .map((webhook) => entry(webhook, registration));
  const mutating = webhooks.flatMap((webhook) => {
    if (webhook.type !== 'mutating') return [];
    return [{ ...entry(webhook, registration), reinvocationPolicy: webhook.reinvocationPolicy ?? 'Never' }];
  });
  return {
    validating: validating.length === 0 ? undefined : { metadata, webhooks: validating },
    mutating: mutating.length === 0 ? undefined : { metadata, webhooks: mutating },
  };
}

function entry(webhook: Webhook, { extension, reach, authorities }: Registration) {
  const { kind, operations = ['CREATE', 'UPDATE'], failurePolicy = 'Fail', timeoutSeconds = 10 } = webhook;
  const path = webhookPath(webhook, extension);
  const { namespaceSelector, objectSelector, matchConditions = [] } = webhook;
  return {
    name: webhookName(webhook, extension),
    clientConfig: {
      caBundle: Buffer.from(authorities).toString('base64'),
      ...('url' in reach ? { url: `${reach.url}${path}` } : { service: { ...reach.service, path } }),
    },
    rules: [
      {
        operations: [...operations],
        apiGroups: [kind.group],
        apiVersions: [kind.version],
        resources: [kind.plural],
        scope: kind.scope,
      },
    ],
    failurePolicy,
    timeoutSeconds,
    sideEffects: 'None',
    matchConditions: [letGo, ...matchConditions],
    admissionReviewVersions: ['v1'],
    // A copy: what is applied is an object of its own.
    ...(namespaceSelector === undefined ? {} : { namespaceSelector: structuredClone(namespaceSelector) as object }),
    ...(objectSelector === undefined ? {} : { objectSelector: structuredClone(objectSelector) as object }),
  };
}

/** To keep the configurations of this extension, and no others. */
export function registrationRules(extension: string): PolicyRule[] {
  return [
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
      resourceNames: [configurationName(extension)],
      verbs: ['get', 'create', 'patch', 'delete'],
    },
  ];
}
