/**
 * Users from client certificates: the common name is the user, each organization a group ("X.509 client certificates",
 * Kubernetes documentation). A certificate counts only when the transport has found that the cluster's authority signed it
 * and that it is valid now.
 */
import type { Authenticator } from './authenticator.ts';
import type { UserInfo } from './user-info.ts';

export const x509Authenticator: Authenticator = {
  name: 'x509',
  authenticate({ peerCertificate }): UserInfo | undefined {
    if (peerCertificate?.verified !== true || peerCertificate.frontProxy) return undefined;
    if (peerCertificate.commonName === '') return undefined;
    return { username: peerCertificate.commonName, groups: peerCertificate.organizations };
  },
};
