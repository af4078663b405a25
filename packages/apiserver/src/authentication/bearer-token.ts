/**
 * The token of a request that authenticates itself with one (RFC 6750).
 */
import type { ApiRequest } from '../request/api-request.ts';

/** The token of an `Authorization: Bearer` header; undefined without one. */
export function bearerToken(request: Pick<ApiRequest, 'headers'>): string | undefined {
  const match = /^Bearer +(\S+) *$/i.exec(request.headers['authorization'] ?? '');
  return match?.[1];
}
