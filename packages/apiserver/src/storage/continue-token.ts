/**
 * The `continue` token of a list in pages: `{"v":"meta.k8s.io/v1","rv":N,"start":"ns/name\u0000"}`, base64url without
 * padding. All pages show the revision `rv`; -1 stands for whatever is newest (an inconsistent continuation).
 */
import { badRequest, errorText, isJsonObject } from '@kindred/machinery';

export interface ContinueToken {
  readonly revision: number;
  /** Path of the last object of the page before (`default/web`); the next page begins behind it. */
  readonly after: string;
}

const tokenVersion = 'meta.k8s.io/v1';

export function encodeContinue({ revision, after }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: tokenVersion, rv: revision, start: `${after}\0` })).toString('base64url');
}

/** Throws BadRequest for anything that `encodeContinue` did not make. */
export function decodeContinue(token: string): ContinueToken {
  const value = parseToken(token);
  if (!isJsonObject(value)) throw badRequest('continue key is not valid: not an object');
  const { v, rv, start } = value;
  if (v !== tokenVersion)
    throw badRequest(`continue key is not valid: server does not recognize this encoded version ${JSON.stringify(v)}`);
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0 || rv < -1) {
    throw badRequest('continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  }
  if (typeof start !== 'string' || start === '') {
    throw badRequest('continue key is not valid: encoded start key empty (version meta.k8s.io/v1)');
  }
  // A start without the NUL was not made here, but says clearly enough where to go on.
  return { revision: rv, after: start.endsWith('\0') ? start.slice(0, -1) : start };
}

function parseToken(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch (cause) {
    throw badRequest(`continue key is not valid: ${errorText(cause)}`);
  }
}
