/**
 * What people may do with releases: whoever may edit a namespace may read and change them there. Whoever may only view it gets
 * nothing: values and manifests have secrets in them, and Secrets are not for viewers either.
 */
import type { ClusterRole } from '@kindred/apis/rbac/v1';
import { Release } from './kinds/release.ts';
import { ReleaseRevision } from './kinds/release-revision.ts';

const { group, plural } = Release;

export const releaseRoles: readonly ClusterRole[] = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: {
      name: 'kindred:helm:edit-releases',
      labels: {
        'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
        'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
      },
    },
    rules: [
      {
        apiGroups: [group],
        resources: [plural],
        verbs: ['get', 'list', 'watch', 'update', 'patch', 'delete', 'deletecollection'],
      },
      {
        apiGroups: [group],
        resources: ['rollback', 'uninstall', 'test'].map((subresource) => `${plural}/${subresource}`),
        verbs: ['create'],
      },
      { apiGroups: [group], resources: [ReleaseRevision.plural], verbs: ['get', 'list', 'watch'] },
    ],
  },
];
