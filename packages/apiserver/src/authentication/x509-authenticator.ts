/**
 * Users from client certificates: the common name is the user, each organization a group ("X.509 client certificates",
 * Kubernetes documentation). A certificate counts only when the transport has found that the cluster's authority signed it
 * and that it is valid now.
 */
import type { PeerCertificate } from '../request/api-request.ts';
import type { Authenticator } from './authenticator.ts';
import { authenticatedGroup, type UserInfo } from './user-info.ts';

export const x509Authenticator: Authenticator = {
  name: 'x509',
  authenticate({ peerCertificate }): UserInfo | undefined {
    if (peerCertificate?.verified !== true || peerCertificate.frontProxy) return undefined;
    if (peerCertificate.commonName === '') return undefined;
    let user = users.get(peerCertificate);
    if (user === undefined) {
      const { commonName, organizations } = peerCertificate;
      user = { username: commonName, groups: [...new Set([...organizations, authenticatedGroup])] };
      users.set(peerCertificate, user);
    }
    return user;
  },
};

/** A connection has one certificate, and many requests. */
const users = new WeakMap<PeerCertificate, UserInfo>();
