/** Validation of a container's environment: `env` and `envFrom`. */
import {
  checkConfigKey,
  checkDnsSubdomain,
  checkEnvironmentName,
  type FieldError,
  invalidValue,
  notSupported,
  required,
} from '@kindred/machinery';
import type { EnvFromSource, EnvVar, EnvVarSource, ObjectFieldSelector } from '../../gen/types/core/v1.ts';
import { named, requiredName } from '../../validation/common.ts';

const fieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

const resourceNames = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];

export function validateEnv(env: readonly EnvVar[], path: string): FieldError[] {
  return env.flatMap((variable, index) => {
    const at = `${path}[${index}]`;
    return [
      ...requiredName(`${at}.name`, variable.name, checkEnvironmentName),
      ...(variable.valueFrom === undefined ? [] : valueFromErrors(variable, variable.valueFrom, `${at}.valueFrom`)),
    ];
  });
}

export function validateEnvFrom(sources: readonly EnvFromSource[], path: string): FieldError[] {
  return sources.flatMap(({ prefix, configMapRef, secretRef }, index) => {
    const at = `${path}[${index}]`;
    const errors = prefix ? named(`${at}.prefix`, prefix, checkEnvironmentName) : [];
    if (configMapRef !== undefined)
      errors.push(...requiredName(`${at}.configMapRef.name`, configMapRef.name, checkDnsSubdomain));
    if (secretRef !== undefined)
      errors.push(...requiredName(`${at}.secretRef.name`, secretRef.name, checkDnsSubdomain));
    if (configMapRef === undefined && secretRef === undefined) {
      errors.push(invalidValue(at, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (configMapRef !== undefined && secretRef !== undefined) {
      errors.push(invalidValue(at, '', 'may not have more than one field specified at a time'));
    }
    return errors;
  });
}

function valueFromErrors({ value }: EnvVar, source: EnvVarSource, path: string): FieldError[] {
  const errors = sourceErrors(source, path);
  const count = Object.keys(source).length;
  if (value !== undefined && value !== '') {
    if (count > 0) errors.push(invalidValue(path, '', 'may not be specified when `value` is not empty'));
  } else if (count > 1) errors.push(invalidValue(path, '', 'may not have more than one field specified at a time'));
  else if (count === 0) {
    const detail =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    errors.push(invalidValue(path, '', detail));
  }
  return errors;
}

function sourceErrors(source: EnvVarSource, path: string): FieldError[] {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = source;
  const errors: FieldError[] = [];
  if (fieldRef !== undefined) errors.push(...fieldRefErrors(fieldRef, `${path}.fieldRef`));
  if (resourceFieldRef !== undefined) {
    const at = `${path}.resourceFieldRef.resource`;
    const { resource } = resourceFieldRef;
    if (!resource) errors.push(required(at));
    else if (!resourceNames.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource)) {
      errors.push(notSupported(at, resource, resourceNames));
    }
  }
  for (const [name, reference] of Object.entries({ configMapKeyRef, secretKeyRef })) {
    if (reference === undefined) continue;
    errors.push(...requiredName(`${path}.${name}.name`, reference.name, checkDnsSubdomain));
    errors.push(...requiredName(`${path}.${name}.key`, reference.key, checkConfigKey));
  }
  return errors;
}

function fieldRefErrors({ apiVersion, fieldPath }: ObjectFieldSelector, path: string): FieldError[] {
  if (!apiVersion) return [required(`${path}.apiVersion`)];
  if (!fieldPath) return [required(`${path}.fieldPath`)];
  // A label or annotation is named by its key; the whole map fits a file only.
  if (/^metadata\.(labels|annotations)\['[^']+'\]$/.test(fieldPath) || fieldPaths.includes(fieldPath)) return [];
  return [notSupported(`${path}.fieldPath`, fieldPath, fieldPaths)];
}
