/**
 * Who makes a request: `authentication.k8s.io/v1` UserInfo.
 */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** The user of a request that carries no credentials. */
export const anonymousUser: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** The group of everybody who has credentials. */
export const authenticatedGroup = 'system:authenticated';
