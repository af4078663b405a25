/** Validation of a pod's volumes. */
import {
  checkConfigKey,
  checkDnsLabel,
  checkDnsSubdomain,
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  required,
} from '@kindred/machinery';
import type { KeyToPath, ProjectedVolumeSource, Volume } from '../../gen/types/core/v1.ts';
import { optionalOneOf, requiredName } from '../../validation/common.ts';

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

export function validateVolumes(volumes: readonly Volume[], path: string): FieldError[] {
  const names = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const at = `${path}[${index}]`;
    const errors = sourceErrors(volume, at);
    errors.push(...requiredName(`${at}.name`, volume.name, checkDnsLabel));
    if (names.has(volume.name)) errors.push(duplicate(`${at}.name`, volume.name));
    names.add(volume.name);
    return errors;
  });
}

/** A path below something: neither absolute nor climbing out. */
export function relativePathErrors(value: string, path: string): FieldError[] {
  if (value.startsWith('/')) return [invalidValue(path, value, 'must be a relative path')];
  return value.split('/').includes('..') ? [invalidValue(path, value, "must not contain '..'")] : [];
}

function sourceErrors(volume: Volume, path: string): FieldError[] {
  const sources = Object.keys(volume).filter((member) => member !== 'name');
  const errors: FieldError[] = sources
    .slice(1)
    .map((source) => forbiddenField(`${path}.${source}`, 'may not specify more than 1 volume type'));
  if (sources.length === 0) errors.push(required(path, 'must specify a volume type'));
  const { secret, configMap, hostPath, persistentVolumeClaim, projected, downwardAPI, nfs } = volume;
  if (secret !== undefined) {
    if (!secret.secretName) errors.push(required(`${path}.secret.secretName`));
    errors.push(...modeErrors(secret.defaultMode, `${path}.secret.defaultMode`));
    errors.push(...itemErrors(secret.items ?? [], `${path}.secret.items`));
  }
  if (configMap !== undefined) {
    if (!configMap.name) errors.push(required(`${path}.configMap.name`));
    errors.push(...modeErrors(configMap.defaultMode, `${path}.configMap.defaultMode`));
    errors.push(...itemErrors(configMap.items ?? [], `${path}.configMap.items`));
  }
  if (hostPath !== undefined) {
    if (!hostPath.path) errors.push(required(`${path}.hostPath.path`));
    else if (hostPath.path.split('/').includes('..')) {
      errors.push(invalidValue(`${path}.hostPath.path`, hostPath.path, "must not contain '..'"));
    }
    if (hostPath.type) errors.push(...optionalOneOf(`${path}.hostPath.type`, hostPath.type, hostPathTypes));
  }
  if (persistentVolumeClaim !== undefined && !persistentVolumeClaim.claimName) {
    errors.push(required(`${path}.persistentVolumeClaim.claimName`));
  }
  if (nfs !== undefined) {
    if (!nfs.server) errors.push(required(`${path}.nfs.server`));
    if (!nfs.path) errors.push(required(`${path}.nfs.path`));
  }
  if (downwardAPI !== undefined) errors.push(...modeErrors(downwardAPI.defaultMode, `${path}.downwardAPI.defaultMode`));
  if (projected !== undefined) errors.push(...projectedErrors(projected, `${path}.projected`));
  return errors;
}

function projectedErrors({ defaultMode, sources = [] }: ProjectedVolumeSource, path: string): FieldError[] {
  const errors = modeErrors(defaultMode, `${path}.defaultMode`);
  for (const [index, { secret, configMap, serviceAccountToken }] of sources.entries()) {
    const at = `${path}.sources[${index}]`;
    if (secret !== undefined) {
      errors.push(...requiredName(`${at}.secret.name`, secret.name, checkDnsSubdomain));
      errors.push(...itemErrors(secret.items ?? [], `${at}.secret.items`));
    }
    if (configMap !== undefined) {
      errors.push(...requiredName(`${at}.configMap.name`, configMap.name, checkDnsSubdomain));
      errors.push(...itemErrors(configMap.items ?? [], `${at}.configMap.items`));
    }
    if (serviceAccountToken === undefined) continue;
    const { expirationSeconds = 3600, path: file } = serviceAccountToken;
    const field = `${at}.serviceAccountToken.expirationSeconds`;
    if (expirationSeconds < 600)
      errors.push(invalidValue(field, expirationSeconds, 'may not specify a duration less than 10 minutes'));
    if (expirationSeconds > 2 ** 32)
      errors.push(invalidValue(field, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
    if (!file) errors.push(required(`${at}.serviceAccountToken.path`));
  }
  return errors;
}

function itemErrors(items: readonly KeyToPath[], path: string): FieldError[] {
  return items.flatMap(({ key, path: file, mode }, index) => {
    const at = `${path}[${index}]`;
    return [
      ...requiredName(`${at}.key`, key, checkConfigKey),
      ...(file ? relativePathErrors(file, `${at}.path`) : [required(`${at}.path`)]),
      ...modeErrors(mode, `${at}.mode`),
    ];
  });
}

function modeErrors(mode: number | undefined, path: string): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return [];
  return [invalidValue(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}
