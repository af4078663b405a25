/** The parts of a source's spec that name Secrets, spelled alike in all kinds. */
import { type FieldError, forbiddenField, invalidValue, parseDuration, required } from '@kindred/machinery';
import type { BucketSource, GitVerification, ObjectName, SourceAccess } from './release-intent.ts';

interface Name {
  readonly name: string;
}

interface Referring {
  readonly secretRef?: Name;
  readonly certSecretRef?: Name;
  readonly proxySecretRef?: Name;
  /** In Go's notation. */
  readonly timeout?: string;
  readonly serviceAccountName?: string;
}

export function accessOf(namespace: string, spec: Referring): SourceAccess {
  const { secretRef, certSecretRef, proxySecretRef, timeout, serviceAccountName: account } = spec;
  const limit = timeout === undefined ? undefined : parseDuration(timeout);
  return {
    ...(limit === undefined ? {} : { timeout: limit }),
    ...(account === undefined ? {} : { pullAccount: { namespace, name: account } }),
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

/** The Secret with the keys whose cosign signatures count. */
export function cosignKeys(
  verify:
    | { readonly provider?: string; readonly secretRef?: Name; readonly matchOIDCIdentity?: readonly unknown[] }
    | undefined,
  field: string,
  namespace: string,
  errors: FieldError[],
): ObjectName | undefined {
  if (verify === undefined) return undefined;
  const { provider = 'cosign', secretRef, matchOIDCIdentity } = verify;
  if (provider !== 'cosign') {
    errors.push(forbiddenField(`${field}.provider`, `signatures of ${provider} are not checked; cosign's are`));
  }
  if (matchOIDCIdentity !== undefined) {
    errors.push(
      forbiddenField(`${field}.matchOIDCIdentity`, 'signatures without keys are not checked: give a secretRef'),
    );
  }
  if (secretRef === undefined) {
    errors.push(required(`${field}.secretRef`, 'signatures are checked by public keys of a Secret'));
    return undefined;
  }
  return { namespace, name: secretRef.name };
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
