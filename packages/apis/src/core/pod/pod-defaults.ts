/**
 * Defaults of pods and pod templates: `k8s.io/kubernetes/pkg/apis/core/v1` defaulting, as the API reference documents
 * field by field. Templates get less than pods: no requests from limits, no `enableServiceLinks`.
 */

import { setQuantityStrings } from '../../defaults/quantities.ts';
import type { Container, Pod, PodSpec, PodTemplateSpec, Probe } from '../../gen/types/core/v1.ts';
import { defaultPullPolicy } from './pull-policy.ts';
import { setVolumeDefaults } from './volume-defaults.ts';

export function setPodDefaults(pod: Pod): void {
  pod.spec ??= { containers: [] };
  const { spec } = pod;
  setPodSpecDefaults(spec);
  spec.enableServiceLinks ??= true;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    setRequestsFromLimits(container);
    if (spec.hostNetwork === true) setHostPorts(container);
  }
}

export function setPodTemplateDefaults(template: PodTemplateSpec | undefined): void {
  if (template?.spec !== undefined) setPodSpecDefaults(template.spec);
}

function setPodSpecDefaults(spec: PodSpec): void {
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.restartPolicy ??= 'Always';
  spec.schedulerName ??= 'default-scheduler';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  // Two names of one field: old clients read the one, new ones the other.
  const account = spec.serviceAccountName ?? spec.serviceAccount;
  if (account !== undefined && account !== '') {
    spec.serviceAccountName = account;
    spec.serviceAccount = account;
  }
  for (const container of spec.containers ?? []) setContainerDefaults(container);
  for (const container of spec.initContainers ?? []) setContainerDefaults(container);
  for (const container of spec.ephemeralContainers ?? []) setContainerDefaults(container);
  for (const volume of spec.volumes ?? []) setVolumeDefaults(volume);
  setQuantityStrings(spec.overhead);
  setQuantityStrings(spec.resources?.limits);
  setQuantityStrings(spec.resources?.requests);
}

type AnyContainer = Omit<Container, 'name'>;

function setContainerDefaults(container: AnyContainer): void {
  container.imagePullPolicy ??= defaultPullPolicy(container.image ?? '');
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.resources ??= {};
  setQuantityStrings(container.resources.limits);
  setQuantityStrings(container.resources.requests);
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef !== undefined) valueFrom.fieldRef.apiVersion ??= 'v1';
    if (valueFrom?.resourceFieldRef !== undefined) valueFrom.resourceFieldRef.divisor ??= '0';
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe])
    setProbeDefaults(probe);
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop])
    setHttpGetDefaults(handler?.httpGet);
}

function setProbeDefaults(probe: Probe | undefined): void {
  if (probe === undefined) return;
  // Zero is not a choice for these: Go's decoder cannot tell it from absent.
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  setHttpGetDefaults(probe.httpGet);
  if (probe.grpc !== undefined) probe.grpc.service ??= '';
}

function setHttpGetDefaults(httpGet: Probe['httpGet']): void {
  if (httpGet === undefined) return;
  httpGet.path ||= '/';
  httpGet.scheme ||= 'HTTP';
}

/** On the host's network a container's port is the host's. */
function setHostPorts({ ports }: Container): void {
  for (const port of ports ?? []) port.hostPort ||= port.containerPort;
}

/** A limit without a request asks for all of it. */
function setRequestsFromLimits({ resources }: Container): void {
  if (resources?.limits === undefined) return;
  resources.requests = { ...resources.limits, ...resources.requests };
}
