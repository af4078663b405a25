/**
 * `auth-provider` of a kubeconfig's user: what client-go still knows of it is OpenID Connect; the others became programs
 * (Kubernetes documentation, 'Authenticating').
 */
import { readFile } from 'node:fs/promises';
import { type Clock, errorText, isJsonObject, type JsonValue } from '@kindred/machinery';
import type { TokenSource } from '../../http-transport/token-source.ts';
import type { ProxyFor } from '../../proxy/proxy.ts';
import { type OidcClient, refreshTokens } from './oidc-refresh.ts';

export interface KubeconfigAuthProvider {
  name?: string;
  config?: Readonly<Record<string, string>> | null;
}

/** A token needs to be good for so long, in milliseconds. */
const LEEWAY = 10_000;

/** What renewing a token needs beside the kubeconfig. */
export interface TokenRenewal {
  /** Writes the provider's new settings back to where the user is from. */
  persist(user: string, config: Readonly<Record<string, string>>): Promise<void>;
}

export interface AuthProviderOptions {
  /** The user's name in the kubeconfig. */
  readonly user: string;
  readonly clock: Clock;
  readonly proxy?: ProxyFor | undefined;
  /** Without it no issuer is asked. */
  readonly renewal?: TokenRenewal | undefined;
}

/**
 * The user's `id-token`, as long as it isn't expired; then another one by the `refresh-token`, asked for once for all who
 * wait and kept where the user is from.
 *
 * @throws TypeError for a provider that is gone or unknown, in client-go's words
 */
export function authProviderToken(
  { name = '', config: given }: KubeconfigAuthProvider,
  { user, clock, proxy, renewal }: AuthProviderOptions,
): TokenSource {
  if (name !== 'oidc') throw new TypeError(REMOVED[name] ?? `no Auth Provider found for name ${JSON.stringify(name)}`);
  for (const setting of ['idp-issuer-url', 'client-id']) {
    if (!given?.[setting]) throw new TypeError(`Must provide ${setting}`);
  }
  let config: Readonly<Record<string, string>> = given ?? {};
  const renew = async (refreshToken: string): Promise<string> => {
    if (renewal === undefined) {
      throw new Error('No valid id-token, and it is not refreshed here: sign in again with the tool that wrote it');
    }
    const renewed = await refreshTokens(await clientOf(config, proxy), refreshToken);
    const next = { ...config, 'id-token': renewed.idToken, 'refresh-token': renewed.refreshToken };
    await renewal.persist(user, next).catch((error: unknown) => {
      throw new Error(`could not persist new tokens: ${errorText(error)}`, { cause: error });
    });
    config = next;
    return renewed.idToken;
  };
  let running: Promise<string> | undefined;
  return async () => {
    const token = config['id-token'] ?? '';
    if (token !== '' && clock.now() + LEEWAY < expiryOf(token)) return token;
    const refreshToken = config['refresh-token'] ?? '';
    if (refreshToken === '') throw new Error('No valid id-token, and cannot refresh without refresh-token');
    running ??= renew(refreshToken).finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function clientOf(config: Readonly<Record<string, string>>, proxy: ProxyFor | undefined): Promise<OidcClient> {
  const data = config['idp-certificate-authority-data'];
  const path = config['idp-certificate-authority'];
  const ca = data ? Buffer.from(data, 'base64') : path ? await readFile(path) : undefined;
  return {
    issuer: config['idp-issuer-url'] ?? '',
    clientId: config['client-id'] ?? '',
    clientSecret: config['client-secret'] ?? '',
    ...(ca === undefined ? {} : { ca }),
    ...(proxy === undefined ? {} : { proxy }),
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
