/**
 * Signs service-account tokens (JWT, ES256) and publishes the key that verifies them.
 * Source: KEP-1205; RFC 7519; "Service account token volume projection", Kubernetes documentation.
 */
import type { KeyObject } from 'node:crypto';
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import type { Clock } from '@kindred/machinery';
import type { JWK } from 'jose';
import { SignJWT } from 'jose';
import type { ObjectReference, TokenClaims } from './token-claims.ts';
import { usernamePrefix } from './token-claims.ts';

export interface TokenIssuerOptions {
  /** P-256 private key, PKCS#8 PEM. */
  readonly privateKey: string;
  /** The `iss` of every token: a URL. */
  readonly issuer: string;
  readonly clock: Clock;
  readonly randomId: () => string;
}

export interface TokenSpec {
  readonly namespace: string;
  readonly serviceAccount: ObjectReference;
  readonly audiences: readonly string[];
  /** Seconds. */
  readonly lifetime: number;
  /** The token stops being valid when this object is gone. */
  readonly boundTo?: { readonly kind: 'Pod' | 'Secret' | 'Node' } & ObjectReference;
  /** The node a bound pod runs on, for information. */
  readonly node?: ObjectReference;
}

export class TokenIssuer {
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly #privateKey: KeyObject;
  readonly #keyId: string;
  readonly #clock: Clock;
  readonly #randomId: () => string;

  constructor(options: TokenIssuerOptions) {
    this.issuer = options.issuer;
    this.#privateKey = createPrivateKey(options.privateKey);
    this.publicKey = createPublicKey(this.#privateKey);
    const der = this.publicKey.export({ type: 'spki', format: 'der' });
    this.#keyId = createHash('sha256').update(der).digest('base64url');
    this.#clock = options.clock;
    this.#randomId = options.randomId;
  }

  /** A token for `spec`, with the moment (ms) at which it ends. */
  async issue(spec: TokenSpec): Promise<{ token: string; expires: number }> {
    const now = Math.floor(this.#clock.now() / 1000);
    const exp = now + spec.lifetime;
    const claims: TokenClaims = {
      iss: this.issuer,
      sub: `${usernamePrefix}${spec.namespace}:${spec.serviceAccount.name}`,
      aud: spec.audiences,
      exp,
      iat: now,
      nbf: now,
      jti: this.#randomId(),
      'kubernetes.io': {
        namespace: spec.namespace,
        serviceaccount: spec.serviceAccount,
        ...(spec.boundTo === undefined ? {} : { [spec.boundTo.kind.toLowerCase()]: reference(spec.boundTo) }),
        ...(spec.node === undefined ? {} : { node: spec.node }),
      },
    };
    const token = await new SignJWT({ ...claims, aud: [...claims.aud] })
      .setProtectedHeader({ alg: 'ES256', kid: this.#keyId })
      .sign(this.#privateKey);
    return { token, expires: exp * 1000 };
  }

  /** The JSON Web Key Set of `/openid/v1/jwks`. */
  keySet(): { keys: JWK[] } {
    const jwk = this.publicKey.export({ format: 'jwk' });
    return { keys: [{ ...jwk, kty: 'EC', use: 'sig', alg: 'ES256', kid: this.#keyId }] };
  }
}

function reference({ name, uid }: ObjectReference): ObjectReference {
  return { name, uid };
}
