/**
 * How the server reaches a webhook, `WebhookClientConfig` of apiextensions.k8s.io and admissionregistration.k8s.io: a URL or
 * a Service. Its certificate is somebody else's matter.
 */
import type { FieldError } from '../status/field-error.ts';
import { childPath, invalidValue, required } from '../status/field-errors.ts';

/** The two ways to an address. */
export interface WebhookAddress {
  readonly url?: string | undefined;
  readonly service?: WebhookService | undefined;
}

export interface WebhookService {
  readonly namespace?: string;
  readonly name?: string;
  readonly path?: string;
  readonly port?: number;
}

/** What is wrong about the address: exactly one of `url`, which must be https, and `service`. */
export function webhookClientErrors({ url, service }: WebhookAddress, path: string): FieldError[] {
  if (url !== undefined && service === undefined) return urlErrors(url, childPath(path, 'url'));
  if (service !== undefined && url === undefined) return serviceErrors(service, childPath(path, 'service'));
  return [required(path, 'exactly one of url or service is required')];
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

function serviceErrors(service: WebhookService, path: string): FieldError[] {
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
