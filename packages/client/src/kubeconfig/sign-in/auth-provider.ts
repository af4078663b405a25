/**
 * `auth-provider` of a kubeconfig's user: what client-go still knows of it is OpenID Connect; the others became programs
 * (Kubernetes documentation, 'Authenticating').
 */
import { type Clock, isJsonObject, type JsonValue } from '@kindred/machinery';
import type { TokenSource } from '../../http-transport/token-source.ts';

export interface KubeconfigAuthProvider {
  name?: string;
  config?: Readonly<Record<string, string>> | null;
}

/** A token needs to be good for so long, in milliseconds. */
const LEEWAY = 10_000;

/**
 * The user's `id-token`, as long as it isn't expired; it isn't renewed here.
 *
 * @throws TypeError for a provider that is gone or unknown, in client-go's words
 */
export function authProviderToken({ name = '', config }: KubeconfigAuthProvider, clock: Clock): TokenSource {
  if (name !== 'oidc') throw new TypeError(REMOVED[name] ?? `no Auth Provider found for name ${JSON.stringify(name)}`);
  for (const setting of ['idp-issuer-url', 'client-id']) {
    if (!config?.[setting]) throw new TypeError(`Must provide ${setting}`);
  }
  return async () => {
    const token = config?.['id-token'] ?? '';
    if (token !== '' && clock.now() + LEEWAY < expiryOf(token)) return token;
    if (!config?.['refresh-token']) throw new Error('No valid id-token, and cannot refresh without refresh-token');
    throw new Error('No valid id-token, and it is not refreshed here: sign in again with the tool that wrote it');
  };
}

/** Milliseconds since the epoch, of a JSON Web Token (RFC 7519). */
function expiryOf(token: string): number {
  const parts = token.split('.');
  if (parts.length !== 3) throw new Error(`ID Token is not a valid JWT`);
  let claims: JsonValue;
  try {
    // What was parsed is JSON.
    claims = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8')) as JsonValue;
  } catch {
    // The cause would quote the token.
    throw new Error('parse JWT claims: they are no JSON');
  }
  const seconds = isJsonObject(claims) ? claims['exp'] : undefined;
  return typeof seconds === 'number' ? seconds * 1000 : 0;
}

const REMOVED: Readonly<Record<string, string>> = {
  gcp: `The gcp auth plugin has been removed.
Please use the "gke-gcloud-auth-plugin" kubectl/client-go credential plugin instead.
See https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke for further details`,
  azure: `The azure auth plugin has been removed.
Please use the https://github.com/Azure/kubelogin kubectl/client-go credential plugin instead.
See https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins for further details`,
};
