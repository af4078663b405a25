/**
 * What a webhook configuration must say (`k8s.io/kubernetes/pkg/apis/admissionregistration/validation`): where the webhook
 * is, which requests are its own, and what happens when it can't be asked.
 */
import {
  checkDns1035Label,
  checkDnsSubdomain,
  checkQualifiedName,
  duplicate,
  type FieldError,
  invalidValue,
  required,
  tooMany,
  webhookClientErrors,
} from '@kindred/machinery';
import type {
  MatchCondition,
  MutatingWebhook,
  MutatingWebhookConfiguration,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
} from '../gen/types/admissionregistration/v1.ts';
import { oneOf, optionalOneOf, requiredName, selectorErrors } from '../validation/common.ts';
import { webhookRuleErrors } from './validate-webhook-rules.ts';

type WebhookConfiguration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration;
type Webhook = MutatingWebhook | ValidatingWebhook;

export function validateWebhooks({ webhooks = [] }: WebhookConfiguration): FieldError[] {
  const names = new Set<string | undefined>();
  return webhooks.flatMap((webhook, index) => {
    const { name } = webhook;
    const errors = webhookErrors(webhook, `webhooks[${index}]`);
    if (names.has(name)) errors.push(duplicate(`webhooks[${index}].name`, name));
    names.add(name);
    return errors;
  });
}

/** Fields that the type table demands may still be absent: that is for these checks to say. */
function webhookErrors(webhook: Partial<Webhook>, at: string): FieldError[] {
  const { rules = [], matchConditions = [] } = webhook;
  return [
    ...requiredName(`${at}.name`, webhook.name, checkFullyQualified),
    ...rules.flatMap((rule, index) => webhookRuleErrors(rule, `${at}.rules[${index}]`)),
    ...optionalOneOf(`${at}.failurePolicy`, webhook.failurePolicy, ['Fail', 'Ignore']),
    ...optionalOneOf(`${at}.matchPolicy`, webhook.matchPolicy, ['Equivalent', 'Exact']),
    ...oneOf(`${at}.sideEffects`, webhook.sideEffects, ['None', 'NoneOnDryRun']),
    ...timeoutErrors(`${at}.timeoutSeconds`, webhook.timeoutSeconds),
    ...selectorErrors(`${at}.namespaceSelector`, webhook.namespaceSelector),
    ...selectorErrors(`${at}.objectSelector`, webhook.objectSelector),
    ...webhookClientErrors(webhook.clientConfig ?? {}, `${at}.clientConfig`),
    ...reviewVersionErrors(`${at}.admissionReviewVersions`, webhook.admissionReviewVersions ?? []),
    ...('reinvocationPolicy' in webhook
      ? optionalOneOf(`${at}.reinvocationPolicy`, webhook.reinvocationPolicy, ['IfNeeded', 'Never'])
      : []),
    ...conditionErrors(`${at}.matchConditions`, matchConditions),
  ];
}

const mostConditions = 64;

/** All but the expressions themselves: whoever evaluates them knows the language. */
function conditionErrors(field: string, conditions: readonly Partial<MatchCondition>[]): FieldError[] {
  const errors = conditions.length > mostConditions ? [tooMany(field, conditions.length, mostConditions)] : [];
  const names = new Set<string>();
  for (const [index, { name = '', expression = '' }] of conditions.entries()) {
    const at = `${field}[${index}]`;
    if (expression.trim() === '') errors.push(required(`${at}.expression`));
    errors.push(...requiredName(`${at}.name`, name, checkQualifiedName));
    if (name !== '' && names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
  }
  return errors;
}

function timeoutErrors(field: string, seconds: number | undefined): FieldError[] {
  if (seconds === undefined || (seconds >= 1 && seconds <= 30)) return [];
  return [invalidValue(field, seconds, 'the timeout value must be between 1 and 30 seconds')];
}

const reviewVersions = ['v1', 'v1beta1'];

function reviewVersionErrors(field: string, versions: readonly string[]): FieldError[] {
  const known = reviewVersions.join(', ');
  if (versions.length === 0) return [required(field, `must specify one of ${known}`)];
  const errors = versions.flatMap((version, index) => {
    if (versions.indexOf(version) < index) return [invalidValue(`${field}[${index}]`, version, 'duplicate version')];
    return checkDns1035Label(version).map((problem) => invalidValue(`${field}[${index}]`, version, problem));
  });
  if (versions.some((version) => reviewVersions.includes(version))) return errors;
  return [...errors, invalidValue(field, versions, `must include at least one of ${known}`)];
}

function checkFullyQualified(name: string): string[] {
  const problems = checkDnsSubdomain(name);
  if (problems.length === 0 && name.split('.').length < 3) {
    problems.push('should be a domain with at least three segments separated by dots');
  }
  return problems;
}
