/** Webhook configurations and admission policies. */
import type {
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingWebhookConfiguration,
} from '../gen/types/admissionregistration/v1.ts';
import type { KindRules } from '../kind-rules.ts';
import { webhookCells } from '../printing/other-cells.ts';
import { validateWebhooks } from './validate-webhooks.ts';

export const mutatingWebhookRules: KindRules<MutatingWebhookConfiguration> = {
  validate: validateWebhooks,
  cells: webhookCells,
  hasGeneration: true,
  allowUnconditionalUpdate: false,
  setDefaults({ webhooks }) {
    for (const webhook of webhooks ?? []) {
      setWebhookDefaults(webhook);
      webhook.reinvocationPolicy ??= 'Never';
    }
  },
};

export const validatingWebhookRules: KindRules<ValidatingWebhookConfiguration> = {
  validate: validateWebhooks,
  cells: webhookCells,
  hasGeneration: true,
  allowUnconditionalUpdate: false,
  setDefaults({ webhooks }) {
    for (const webhook of webhooks ?? []) setWebhookDefaults(webhook);
  },
};

export const admissionPolicyRules: KindRules<ValidatingAdmissionPolicy> = {
  hasGeneration: true,
  allowUnconditionalUpdate: false,
  setDefaults({ spec }) {
    if (spec === undefined) return;
    spec.failurePolicy ??= 'Fail';
    if (spec.matchConstraints === undefined) return;
    spec.matchConstraints.matchPolicy ??= 'Equivalent';
    spec.matchConstraints.namespaceSelector ??= {};
    spec.matchConstraints.objectSelector ??= {};
  },
};

type Webhook = NonNullable<ValidatingWebhookConfiguration['webhooks']>[number];

function setWebhookDefaults(webhook: Webhook): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  if (webhook.clientConfig?.service !== undefined) webhook.clientConfig.service.port ??= 443;
  for (const rule of webhook.rules ?? []) rule.scope ??= '*';
}
