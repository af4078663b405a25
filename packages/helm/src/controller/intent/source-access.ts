/** The parts of a source's spec that name Secrets, spelled alike in all kinds. */
import { type FieldError, invalidValue, parseDuration } from '@kindred/machinery';
import type { BucketSource, GitVerification, SourceAccess } from './release-intent.ts';

interface Name {
  readonly name: string;
}

interface Referring {
  readonly secretRef?: Name;
  readonly certSecretRef?: Name;
  readonly proxySecretRef?: Name;
  /** In Go's notation. */
  readonly timeout?: string;
}

export function accessOf(namespace: string, spec: Referring): SourceAccess {
  const { secretRef, certSecretRef, proxySecretRef, timeout } = spec;
  const limit = timeout === undefined ? undefined : parseDuration(timeout);
  return {
    ...(limit === undefined ? {} : { timeout: limit }),
    ...(secretRef === undefined ? {} : { secret: { namespace, name: secretRef.name } }),
    ...(certSecretRef === undefined ? {} : { certSecret: { namespace, name: certSecretRef.name } }),
    ...(proxySecretRef === undefined ? {} : { proxySecret: { namespace, name: proxySecretRef.name } }),
  };
}

export function gitVerification(
  { mode = 'HEAD', secretRef }: { readonly mode?: string; readonly secretRef: Name },
  namespace: string,
): GitVerification {
  const known = mode === 'Tag' || mode === 'TagAndHEAD' ? mode : 'HEAD';
  return { mode: known, secret: { namespace, name: secretRef.name } };
}

/** A scheme is taken too, when it says the same as `insecure`. */
export function endpointOf(
  endpoint: string,
  insecure: boolean,
  errors: FieldError[],
): Pick<BucketSource, 'endpoint' | 'plainHttp'> {
  const [, scheme, host = ''] = /^(?:(https?):\/\/)?([^/\s?#@]+)\/?$/.exec(endpoint) ?? [];
  if (host === '' || !URL.canParse(`https://${host}`)) {
    errors.push(invalidValue('spec.endpoint', endpoint, 'must be a host, or host:port'));
  }
  if (scheme === 'http' && !insecure) {
    errors.push(invalidValue('spec.endpoint', endpoint, 'HTTP must be allowed by insecure: true'));
  }
  return { endpoint: host, plainHttp: insecure && scheme !== 'https' };
}

/** True for a relative path that doesn't leave the directory it starts in. */
export function isInside(path: string): boolean {
  return !path.startsWith('/') && !path.split(/[/\\]/).includes('..') && !path.includes('\0');
}
