/** The headers of "User impersonation" (Kubernetes documentation): who a client acts as. */
import { badRequest } from '@kindred/machinery';
import type { RequestHeaders } from '../transport.ts';

/** Somebody whom a server knows: the fields of `authentication.k8s.io/v1` UserInfo. */
export interface ImpersonatedUser {
  readonly username: string;
  readonly uid?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** @throws StatusError BadRequest for what a list in a header would turn into something else */
export function impersonationHeaders({
  username,
  uid = '',
  groups = [],
  extra = {},
}: ImpersonatedUser): RequestHeaders {
  return {
    'impersonate-user': username,
    ...(uid === '' ? {} : { 'impersonate-uid': uid }),
    ...(groups.length === 0 ? {} : { 'impersonate-group': groups.map((group) => listed(username, 'group', group)) }),
    ...Object.fromEntries(
      Object.entries(extra).map(([key, values]) => [
        `impersonate-extra-${encodeURIComponent(key.toLowerCase())}`,
        values.map((value) => listed(username, key, value)),
      ]),
    ),
  };
}

/** Servers may join repeated headers by commas: a group "a,b" must never arrive as the groups a and b. */
function listed(username: string, what: string, value: string): string {
  if (/^[^,\s]([^,\r\n]*[^,\s])?$/.test(value)) return value;
  throw badRequest(`user ${JSON.stringify(username)} can't be impersonated: ${what} ${JSON.stringify(value)}`);
}
