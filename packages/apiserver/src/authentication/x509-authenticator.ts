/**
 * Users from client certificates: the common name is the user, each organization a group ("X.509 client certificates",
 * Kubernetes documentation). The transport passes on only certificates that the cluster's authority signed and that are
 * valid now.
 */
import type { Authenticator } from './authenticator.ts';
import type { UserInfo } from './user-info.ts';

export const x509Authenticator: Authenticator = {
  name: 'x509',
  authenticate({ peerCertificate }): UserInfo | undefined {
    if (peerCertificate === undefined || peerCertificate.commonName === '') return undefined;
    return { username: peerCertificate.commonName, groups: peerCertificate.organizations };
  },
};
