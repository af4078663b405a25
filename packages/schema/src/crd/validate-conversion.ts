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
  const errors: FieldError[] = [];
  const { url, service, caBundle = '' } = config;
  if ((url === undefined) === (service === undefined)) {
    errors.push(required(path, 'exactly one of url or service is required'));
  } else if (url !== undefined) errors.push(...urlErrors(url, childPath(path, 'url')));
  else if (service !== undefined) errors.push(...serviceErrors(service, childPath(path, 'service')));
  if (checkCaBundle && caBundle !== '' && !isValidCaBundle(caBundle)) {
    errors.push(invalidValue(childPath(path, 'caBundle'), caBundle, 'unable to load root certificates'));
  }
  return errors;
}

const urlForm = '; desired format: https://host[/path]';

function urlErrors(url: string, path: string): FieldError[] {
  const bad = (value: unknown, detail: string) => invalidValue(path, value, detail + urlForm);
  if (!URL.canParse(url)) return [required(path, `url must be a valid URL${urlForm}`)];
  const parsed = new URL(url);
  const errors: FieldError[] = [];
  const scheme = parsed.protocol.slice(0, -1);
  if (scheme !== 'https') errors.push(bad(scheme, "'https' is the only allowed URL scheme"));
  if (parsed.host === '') errors.push(bad(parsed.host, 'host must be specified'));
  if (parsed.username !== '' || parsed.password !== '') {
    // The credentials themselves never go into a message.
    errors.push(bad('', 'user information is not permitted in the URL'));
  }
  if (parsed.hash !== '') errors.push(bad(parsed.hash.slice(1), 'fragments are not permitted in the URL'));
  if (parsed.search !== '') errors.push(bad(parsed.search.slice(1), 'query parameters are not permitted in the URL'));
  return errors;
}

function serviceErrors(service: NonNullable<WebhookClientConfig['service']>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if ((service.name ?? '') === '') errors.push(required(childPath(path, 'name'), 'service name is required'));
  if ((service.namespace ?? '') === '') {
    errors.push(required(childPath(path, 'namespace'), 'service namespace is required'));
  }
  const { port = 443, path: urlPath } = service;
  if (port < 1 || port > 65535) {
    const detail = 'port is not valid: must be between 1 and 65535, inclusive';
    errors.push(invalidValue(childPath(path, 'port'), port, detail));
  }
  if (urlPath !== undefined && urlPath !== '' && !urlPath.startsWith('/')) {
    errors.push(invalidValue(childPath(path, 'path'), urlPath, "must start with a '/'"));
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
