/**
 * One webhook of a Mutating- or ValidatingWebhookConfiguration in the form in which requests are held against it
 * (`admissionregistration.k8s.io/v1`). Made once after each change of a configuration.
 */
import type {
  MutatingWebhook,
  MutatingWebhookConfiguration,
  RuleWithOperations,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
} from '@kindred/apis/admissionregistration/v1';
import type { WebhookAddress } from '@kindred/machinery';
import { type LabelSelector, labelSelectorFromObject } from '@kindred/machinery';
import { compileCondition, type MatchCondition } from './match-conditions.ts';

export type WebhookType = 'admit' | 'validating';
export type ReviewVersion = 'v1' | 'v1beta1';

export interface Webhook {
  readonly type: WebhookType;
  readonly name: string;
  readonly rules: readonly RuleWithOperations[];
  /** matchPolicy Equivalent: rules that name another version of a resource hold for this one. */
  readonly matchesEquivalent: boolean;
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  readonly conditions: readonly MatchCondition[];
  /** failurePolicy Ignore: a webhook that can't be asked has no objection. */
  readonly failsOpen: boolean;
  readonly timeoutSeconds: number;
  /** Undefined when the webhook understands none that this server speaks. */
  readonly reviewVersion: ReviewVersion | undefined;
  readonly supportsDryRun: boolean;
  /** reinvocationPolicy IfNeeded: asked once more when the object changed after it was asked. */
  readonly isReinvocable: boolean;
  readonly address: WebhookAddress;
  /** PEM; undefined trusts the authorities of this machine. */
  readonly authorities: string | undefined;
}

export function mutatingWebhooks({ webhooks = [] }: MutatingWebhookConfiguration): Webhook[] {
  return webhooks.map((webhook) => ({
    ...common(webhook),
    type: 'admit',
    isReinvocable: webhook.reinvocationPolicy === 'IfNeeded',
  }));
}

export function validatingWebhooks({ webhooks = [] }: ValidatingWebhookConfiguration): Webhook[] {
  return webhooks.map((webhook) => ({ ...common(webhook), type: 'validating', isReinvocable: false }));
}

function common(webhook: MutatingWebhook | ValidatingWebhook): Omit<Webhook, 'type' | 'isReinvocable'> {
  const { clientConfig, admissionReviewVersions, sideEffects } = webhook;
  const { caBundle = '' } = clientConfig;
  return {
    name: webhook.name,
    rules: webhook.rules ?? [],
    matchesEquivalent: webhook.matchPolicy !== 'Exact',
    namespaceSelector: labelSelectorFromObject(webhook.namespaceSelector ?? {}),
    objectSelector: labelSelectorFromObject(webhook.objectSelector ?? {}),
    conditions: (webhook.matchConditions ?? []).map(compileCondition),
    failsOpen: webhook.failurePolicy === 'Ignore',
    timeoutSeconds: webhook.timeoutSeconds ?? 10,
    reviewVersion: admissionReviewVersions.find(isReviewVersion),
    supportsDryRun: sideEffects === 'None' || sideEffects === 'NoneOnDryRun',
    address: clientConfig,
    authorities: caBundle === '' ? undefined : Buffer.from(caBundle, 'base64').toString(),
  };
}

function isReviewVersion(version: string): version is ReviewVersion {
  return version === 'v1' || version === 'v1beta1';
}
