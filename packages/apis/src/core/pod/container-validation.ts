/** Validation of containers, init containers and ephemeral containers. */
import {
  checkDnsLabel,
  checkPortName,
  checkPortNumber,
  compareQuantities,
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  parseQuantity,
  required,
  valueNotFound,
} from '@kindred/machinery';
import { canonicalQuantity } from '../../defaults/quantities.ts';
import type { Container, ContainerPort, ResourceRequirements, VolumeMount } from '../../gen/types/core/v1.ts';
import { named, oneOf, optionalOneOf, requiredName } from '../../validation/common.ts';
import { validateEnv, validateEnvFrom } from './env-validation.ts';
import { validateProbes } from './probe-validation.ts';
import { relativePathErrors } from './volume-validation.ts';

export interface ContainerContext {
  /** Names of the pod's volumes. */
  readonly volumes: ReadonlySet<string>;
  /** Names of containers seen so far, over all lists of the pod. */
  readonly names: Set<string>;
}

export function validateContainers(
  containers: readonly Container[],
  path: string,
  context: ContainerContext,
): FieldError[] {
  if (containers.length === 0) return [required(path)];
  return [
    ...containers.flatMap((one, index) => containerErrors(one, `${path}[${index}]`, context)),
    ...hostPortConflicts(containers, path),
  ];
}

/** Init containers run one after the other: only those that go on running may be probed. */
export function validateInitContainers(
  containers: readonly Container[],
  path: string,
  context: ContainerContext,
): FieldError[] {
  return containers.flatMap((container, index) => {
    const at = `${path}[${index}]`;
    const errors = containerErrors(container, at, context);
    errors.push(...optionalOneOf(`${at}.restartPolicy`, container.restartPolicy, ['Always', 'Never', 'OnFailure']));
    if (container.restartPolicy === 'Always') return errors;
    for (const member of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      const detail = 'may not be set for init containers without restartPolicy=Always';
      if (container[member] !== undefined) errors.push(forbiddenField(`${at}.${member}`, detail));
    }
    return errors;
  });
}

function containerErrors(container: Container, path: string, { volumes, names }: ContainerContext): FieldError[] {
  const { name, image = '' } = container;
  const errors = requiredName(`${path}.name`, name, checkDnsLabel);
  if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
  else if (name) names.add(name);
  if (image === '') errors.push(required(`${path}.image`));
  else if (image.trim() !== image) {
    errors.push(invalidValue(`${path}.image`, image, 'must not have leading or trailing whitespace'));
  }
  return [
    ...errors,
    ...oneOf(`${path}.terminationMessagePolicy`, container.terminationMessagePolicy, ['FallbackToLogsOnError', 'File']),
    ...containerPortErrors(container.ports ?? [], `${path}.ports`),
    ...validateEnv(container.env ?? [], `${path}.env`),
    ...validateEnvFrom(container.envFrom ?? [], `${path}.envFrom`),
    ...volumeMountErrors(container.volumeMounts ?? [], volumes, `${path}.volumeMounts`),
    ...oneOf(`${path}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    ...resourceErrors(container.resources, `${path}.resources`),
    ...validateProbes(container, path),
  ];
}

function containerPortErrors(ports: readonly ContainerPort[], path: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap(({ name, containerPort, hostPort, protocol }, index) => {
    const at = `${path}[${index}]`;
    const errors: FieldError[] = [];
    if (name) {
      const problems = named(`${at}.name`, name, checkPortName);
      errors.push(...problems);
      if (problems.length === 0 && names.has(name)) errors.push(duplicate(`${at}.name`, name));
      names.add(name);
    }
    if (!containerPort) errors.push(required(`${at}.containerPort`));
    else errors.push(...numberErrors(`${at}.containerPort`, containerPort));
    if (hostPort) errors.push(...numberErrors(`${at}.hostPort`, hostPort));
    return [...errors, ...oneOf(`${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP'])];
  });
}

function numberErrors(path: string, port: number): FieldError[] {
  return checkPortNumber(port).map((problem) => invalidValue(path, port, problem));
}

function hostPortConflicts(containers: readonly Container[], path: string): FieldError[] {
  const taken = new Set<string>();
  return containers.flatMap(({ ports = [] }, index) =>
    ports.flatMap(({ hostPort, hostIP = '', protocol = '' }, portIndex) => {
      if (!hostPort) return [];
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) return [duplicate(`${path}[${index}].ports[${portIndex}].hostPort`, key)];
      taken.add(key);
      return [];
    }),
  );
}

function volumeMountErrors(mounts: readonly VolumeMount[], volumes: ReadonlySet<string>, path: string): FieldError[] {
  const mountPaths = new Set<string>();
  return mounts.flatMap(({ name, mountPath, subPath, subPathExpr, mountPropagation }, index) => {
    const at = `${path}[${index}]`;
    const errors: FieldError[] = [];
    if (!name) errors.push(required(`${at}.name`));
    if (!volumes.has(name)) errors.push(valueNotFound(`${at}.name`, name ?? ''));
    if (!mountPath) errors.push(required(`${at}.mountPath`));
    else if (mountPaths.has(mountPath)) errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must be unique'));
    mountPaths.add(mountPath);
    if (subPath) errors.push(...relativePathErrors(subPath, `${at}.subPath`));
    if (subPathExpr) {
      const detail = 'subPathExpr and subPath are mutually exclusive';
      if (subPath) errors.push(invalidValue(`${at}.subPathExpr`, subPathExpr, detail));
      errors.push(...relativePathErrors(subPathExpr, `${at}.subPathExpr`));
    }
    const propagations = ['Bidirectional', 'HostToContainer', 'None'];
    return [...errors, ...optionalOneOf(`${at}.mountPropagation`, mountPropagation, propagations)];
  });
}

const standardResources = /^(cpu|memory|ephemeral-storage|hugepages-.+)$/;

/** Nothing negative, nothing unknown, and no request above its limit. */
function resourceErrors(resources: ResourceRequirements | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [list, quantities] of Object.entries({ limits: resources?.limits, requests: resources?.requests })) {
    for (const [name, quantity] of Object.entries(quantities ?? {})) {
      const at = `${path}.${list}[${name}]`;
      if (!standardResources.test(name) && !name.includes('/')) {
        errors.push(invalidValue(at, name, 'must be a standard resource type or fully qualified'));
        errors.push(invalidValue(at, name, 'must be a standard resource for containers'));
      }
      if (parseQuantity(quantity).nano < 0n) {
        errors.push(invalidValue(at, canonicalQuantity(quantity), 'must be greater than or equal to 0'));
      }
    }
  }
  for (const [name, request] of Object.entries(resources?.requests ?? {})) {
    const limit = resources?.limits?.[name];
    if (limit === undefined || compareQuantities(parseQuantity(request), parseQuantity(limit)) <= 0) continue;
    const detail = `must be less than or equal to ${name} limit of ${canonicalQuantity(limit)}`;
    errors.push(invalidValue(`${path}.requests`, canonicalQuantity(request), detail));
  }
  return errors;
}
