/**
 * Versions that are served besides the stored one: which they are, how they convert, and since when they are deprecated.
 */
import { formatGroupVersion } from '@kindred/machinery';
import { setStatefulSetDefaults } from '../apps/workload-defaults.ts';
import type { VersionTraits } from '../builtin-kind.ts';
import type { KindRules } from '../kind-rules.ts';
import { apiServiceToStorage } from './api-service-versions.ts';
import { autoscalerFromStorage, autoscalerToStorage, setOldAutoscalerDefaults } from './autoscaler-versions.ts';
import { eventFromStorage, eventToStorage } from './event-versions.ts';
import { ingressFromStorage, ingressToStorage, setOldIngressDefaults } from './ingress-versions.ts';
import { conversion } from './same-shape.ts';
import {
  setBeta1DeploymentDefaults,
  setBeta1StatefulSetDefaults,
  setExtensionsDaemonSetDefaults,
  setExtensionsDeploymentDefaults,
  setExtensionsReplicaSetDefaults,
  withoutSpecField,
} from './workload-versions.ts';

export interface OtherVersion {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly storage: { readonly group: string; readonly version: string };
  readonly traits: VersionTraits;
  /** Replaces the stored version's defaults. */
  readonly setDefaults?: NonNullable<KindRules['setDefaults']>;
}

type Differences = Parameters<typeof conversion>[2];
type Lifecycle = readonly [deprecated: string, unavailable: string];

const extensions = { group: 'extensions', version: 'v1beta1' };
const appsV1beta1 = { group: 'apps', version: 'v1beta1' };
const appsV1beta2 = { group: 'apps', version: 'v1beta2' };
const apps = { group: 'apps', version: 'v1' };
const batch = { group: 'batch', version: 'v1' };
const policy = { group: 'policy', version: 'v1' };
const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1' };
const rbacV1beta1 = { group: 'rbac.authorization.k8s.io', version: 'v1beta1' };
const networking = { group: 'networking.k8s.io', version: 'v1' };
const apiregistration = { group: 'apiregistration.k8s.io', version: 'v1' };

const noDefaults = (): void => undefined;

/** In discovery's order within a group: newer versions first. */
export const otherVersions: readonly OtherVersion[] = [
  {
    ...other(
      { group: 'autoscaling', version: 'v1' },
      'HorizontalPodAutoscaler',
      { group: 'autoscaling', version: 'v2' },
      undefined,
      {
        toStorage: autoscalerToStorage,
        fromStorage: autoscalerFromStorage,
      },
    ),
    setDefaults: setOldAutoscalerDefaults,
  },
  {
    ...other({ group: 'events.k8s.io', version: 'v1' }, 'Event', { group: '', version: 'v1' }, undefined, {
      toStorage: eventToStorage,
      fromStorage: eventFromStorage,
    }),
    setDefaults: noDefaults,
  },
  other({ group: 'apiregistration.k8s.io', version: 'v1beta1' }, 'APIService', apiregistration, ['v1.19', 'v1.22'], {
    toStorage: apiServiceToStorage,
  }),
  // What kubectl makes of `create cronjob` and `create poddisruptionbudget` before its version 1.21.
  other({ group: 'batch', version: 'v1beta1' }, 'CronJob', batch, ['v1.21', 'v1.25']),
  other({ group: 'policy', version: 'v1beta1' }, 'PodDisruptionBudget', policy, ['v1.21', 'v1.25']),
  oldIngress({ group: 'networking.k8s.io', version: 'v1beta1' }, ['v1.19', 'v1.22']),
  other(rbacV1beta1, 'Role', rbac, ['v1.17', 'v1.22']),
  other(rbacV1beta1, 'RoleBinding', rbac, ['v1.17', 'v1.22']),
  other(rbacV1beta1, 'ClusterRole', rbac, ['v1.17', 'v1.22']),
  other(rbacV1beta1, 'ClusterRoleBinding', rbac, ['v1.17', 'v1.22']),
  other(appsV1beta2, 'Deployment', apps, ['v1.9', 'v1.16']),
  other(appsV1beta2, 'ReplicaSet', apps, ['v1.9', 'v1.16']),
  { ...other(appsV1beta2, 'StatefulSet', apps, ['v1.9', 'v1.16']), setDefaults: setStatefulSetDefaults },
  other(appsV1beta2, 'DaemonSet', apps, ['v1.9', 'v1.16']),
  other(appsV1beta2, 'ControllerRevision', apps, ['v1.9', 'v1.16']),
  {
    ...other(appsV1beta1, 'Deployment', apps, ['v1.8', 'v1.16'], { toStorage: withoutSpecField('rollbackTo') }),
    setDefaults: setBeta1DeploymentDefaults,
  },
  { ...other(appsV1beta1, 'StatefulSet', apps, ['v1.8', 'v1.16']), setDefaults: setBeta1StatefulSetDefaults },
  other(appsV1beta1, 'ControllerRevision', apps, ['v1.8', 'v1.16']),
  {
    ...other(extensions, 'Deployment', apps, ['v1.8', 'v1.16'], { toStorage: withoutSpecField('rollbackTo') }),
    setDefaults: setExtensionsDeploymentDefaults,
  },
  { ...other(extensions, 'ReplicaSet', apps, ['v1.8', 'v1.16']), setDefaults: setExtensionsReplicaSetDefaults },
  {
    ...other(extensions, 'DaemonSet', apps, ['v1.8', 'v1.16'], { toStorage: withoutSpecField('templateGeneration') }),
    setDefaults: setExtensionsDaemonSetDefaults,
  },
  oldIngress(extensions, ['v1.14', 'v1.22']),
  other(extensions, 'NetworkPolicy', networking, ['v1.9', 'v1.16']),
];

function oldIngress(version: { group: string; version: string }, lifecycle: Lifecycle): OtherVersion {
  const differences = { toStorage: ingressToStorage, fromStorage: ingressFromStorage };
  return {
    ...other(version, 'Ingress', networking, lifecycle, differences),
    // Called with objects of its own version only; the type names the stored one's.
    setDefaults: (ingress) => setOldIngressDefaults({ ...ingress }),
  };
}

function other(
  version: { group: string; version: string },
  kind: string,
  storage: { group: string; version: string },
  lifecycle?: Lifecycle,
  differences: Differences = {},
): OtherVersion {
  const traits: VersionTraits = { conversion: conversion(version, storage, differences) };
  if (lifecycle === undefined) return { ...version, kind, storage, traits };
  const [deprecated, unavailable] = lifecycle;
  const subject = `${formatGroupVersion(version)} ${kind} is deprecated in ${deprecated}+, unavailable in ${unavailable}+`;
  const deprecation = `${subject}; use ${formatGroupVersion(storage)} ${kind}`;
  return { ...version, kind, storage, traits: { ...traits, deprecation } };
}
