/**
 * What a service-account token says (KEP-1205 "Bound Service Account Tokens"): who it is for, how long, and to which object
 * it is bound. Times are seconds since the epoch.
 */
export interface ObjectReference {
  readonly name: string;
  readonly uid: string;
}

export interface TokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly nbf: number;
  readonly jti: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly serviceaccount: ObjectReference;
    readonly pod?: ObjectReference;
    readonly secret?: ObjectReference;
    readonly node?: ObjectReference;
  };
}

export const usernamePrefix = 'system:serviceaccount:';

/** `system:serviceaccount:<namespace>:<name>` and the groups of all service accounts, and of those of the namespace. */
export function serviceAccountUser(
  namespace: string,
  account: ObjectReference,
): { username: string; uid: string; groups: string[] } {
  return {
    username: `${usernamePrefix}${namespace}:${account.name}`,
    uid: account.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
  };
}

/** Reads a decoded token body; undefined when it is not a service-account token's. */
export function parseTokenClaims(payload: unknown): TokenClaims | undefined {
  if (!isRecord(payload)) return undefined;
  const kubernetes = payload['kubernetes.io'];
  if (!isRecord(kubernetes) || typeof kubernetes['namespace'] !== 'string') return undefined;
  const serviceaccount = parseReference(kubernetes['serviceaccount']);
  const { iss, sub, aud, exp, iat, nbf, jti } = payload;
  if (serviceaccount === undefined || typeof sub !== 'string' || typeof exp !== 'number') return undefined;
  return {
    iss: String(iss),
    sub,
    aud: (Array.isArray(aud) ? aud : [aud]).filter((item) => typeof item === 'string'),
    exp,
    iat: Number(iat),
    nbf: Number(nbf),
    jti: String(jti),
    'kubernetes.io': { namespace: kubernetes['namespace'], serviceaccount, ...bindings(kubernetes) },
  };
}

function bindings(kubernetes: Record<string, unknown>): Partial<TokenClaims['kubernetes.io']> {
  const found: Record<string, ObjectReference> = {};
  for (const kind of ['pod', 'secret', 'node']) {
    const reference = parseReference(kubernetes[kind]);
    if (reference !== undefined) found[kind] = reference;
  }
  return found;
}

function parseReference(value: unknown): ObjectReference | undefined {
  if (!isRecord(value) || typeof value['name'] !== 'string' || typeof value['uid'] !== 'string') return undefined;
  return { name: value['name'], uid: value['uid'] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
