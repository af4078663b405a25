/**
 * `spec.conversion`: the strategy and, for Webhook, how the webhook is reached and which reviews it understands.
 */
import { X509Certificate } from 'node:crypto';
import {
  childPath,
  type FieldError,
  forbiddenField,
  indexPath,
  invalidValue,
  notSupported,
  required,
  webhookClientErrors,
} from '@kindred/machinery';
import { isDns1035Label } from '../structural/dns-names.ts';
import type { CustomResourceDefinitionSpecV1beta1 } from './crd-v1beta1.ts';
import type { WebhookClientConfig } from './custom-resource-definition.ts';

type Conversion = NonNullable<CustomResourceDefinitionSpecV1beta1['conversion']>;

/** All errors of a conversion. `checkCaBundle` is false while a definition isn't established: it then can't be used. */
export function conversionErrors(
  conversion: Conversion | undefined,
  path: string,
  { checkCaBundle }: { readonly checkCaBundle: boolean },
): FieldError[] {
  if (conversion === undefined) return [];
  const { strategy, webhookClientConfig, conversionReviewVersions = [] } = conversion;
  const errors: FieldError[] = [];
  const strategyPath = childPath(path, 'strategy');
  if (strategy === '') errors.push(required(strategyPath));
  else if (strategy !== 'None' && strategy !== 'Webhook') {
    errors.push(notSupported(strategyPath, strategy, ['None', 'Webhook']));
  }
  const configPath = childPath(path, 'webhookClientConfig');
  const versionsPath = childPath(path, 'conversionReviewVersions');
  if (strategy === 'Webhook') {
    errors.push(...clientConfigErrors(webhookClientConfig, configPath, checkCaBundle));
    errors.push(...reviewVersionErrors(conversionReviewVersions, versionsPath));
    return errors;
  }
  const detail = 'should not be set when strategy is not set to Webhook';
  if (webhookClientConfig !== undefined) errors.push(forbiddenField(configPath, detail));
  if (conversionReviewVersions.length > 0) errors.push(forbiddenField(versionsPath, detail));
  return errors;
}

/** True when the text is base64 of PEM certificates only, at least one. */
export function isValidCaBundle(caBundle: string): boolean {
  const pem = Buffer.from(caBundle, 'base64').toString('latin1');
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  return blocks?.every(isCertificate) ?? false;
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).serialNumber !== '';
  } catch {
    // Anything that the parser refuses is no certificate: that is the answer.
    return false;
  }
}

function clientConfigErrors(
  config: WebhookClientConfig | undefined,
  path: string,
  checkCaBundle: boolean,
): FieldError[] {
  if (config === undefined) return [required(path, 'required when strategy is set to Webhook')];
  const errors = webhookClientErrors(config, path);
  const { caBundle = '' } = config;
  if (checkCaBundle && caBundle !== '' && !isValidCaBundle(caBundle)) {
    errors.push(invalidValue(childPath(path, 'caBundle'), caBundle, 'unable to load root certificates'));
  }
  return errors;
}

function reviewVersionErrors(versions: readonly string[], path: string): FieldError[] {
  if (versions.length === 0) return [required(path)];
  const errors: FieldError[] = [];
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) errors.push(invalidValue(indexPath(path, i), version, 'duplicate version'));
    else for (const detail of isDns1035Label(version)) errors.push(invalidValue(indexPath(path, i), version, detail));
  });
  if (!versions.includes('v1') && !versions.includes('v1beta1')) {
    errors.push(invalidValue(path, versions, 'must include at least one of v1, v1beta1'));
  }
  return errors;
}
