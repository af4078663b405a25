/** Validation of ConfigMaps and Secrets. */
import {
  checkConfigKey,
  deepEqual,
  type FieldError,
  forbiddenField,
  invalidValue,
  required,
  tooLong,
} from '@kindred/machinery';
import type { ConfigMap, Secret } from '../gen/types/core/v1.ts';
import { immutable, named } from '../validation/common.ts';

/** All values of one object together. */
const maximumBytes = 1024 * 1024;

export function validateConfigMap({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    errors.push(...named(`data[${key}]`, key, checkConfigKey));
    if (Object.hasOwn(binaryData, key)) {
      errors.push(invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
    bytes += Buffer.byteLength(value);
  }
  for (const [key, value] of Object.entries(binaryData)) {
    errors.push(...named(`binaryData[${key}]`, key, checkConfigKey));
    bytes += base64Bytes(value);
  }
  if (bytes > maximumBytes) errors.push(tooLong('', maximumBytes));
  return errors;
}

export function validateConfigMapUpdate(map: ConfigMap, old: ConfigMap): FieldError[] {
  return old.immutable === true ? frozenErrors(map, old, ['data', 'binaryData']) : [];
}

/** Keys that a type demands; one alternative in each inner list must be there. */
const keysOfType: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'kubernetes.io/dockercfg': [['.dockercfg']],
  'kubernetes.io/dockerconfigjson': [['.dockerconfigjson']],
  'kubernetes.io/basic-auth': [['username', 'password']],
  'kubernetes.io/ssh-auth': [['ssh-privatekey']],
  'kubernetes.io/tls': [['tls.crt'], ['tls.key']],
};

export function validateSecret({ metadata, type = '', data = {} }: Secret): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    errors.push(...named(`data[${key}]`, key, checkConfigKey));
    bytes += base64Bytes(value);
  }
  if (bytes > maximumBytes) errors.push(tooLong('data', maximumBytes));
  const account = 'kubernetes.io/service-account.name';
  if (type === 'kubernetes.io/service-account-token' && !metadata.annotations?.[account]) {
    errors.push(required(`metadata.annotations[${account}]`));
  }
  for (const alternatives of keysOfType[type] ?? []) {
    if (alternatives.some((key) => Object.hasOwn(data, key))) continue;
    errors.push(...alternatives.map((key) => required(`data[${key}]`)));
  }
  return errors;
}

export function validateSecretUpdate(secret: Secret, old: Secret): FieldError[] {
  const errors = immutable('type', secret.type, old.type);
  return old.immutable === true ? [...errors, ...frozenErrors(secret, old, ['data'])] : errors;
}

type Frozen = { immutable?: boolean; data?: unknown; binaryData?: unknown };

function frozenErrors(object: Frozen, old: Frozen, members: readonly ('data' | 'binaryData')[]): FieldError[] {
  const detail = 'field is immutable when `immutable` is set';
  const errors = object.immutable === true ? [] : [forbiddenField('immutable', detail)];
  const changed = members.filter((member) => !deepEqual(object[member] ?? {}, old[member] ?? {}));
  return [...errors, ...changed.map((member) => forbiddenField(member, detail))];
}

function base64Bytes(text: string): number {
  return Math.floor((text.replace(/=+$/, '').length * 3) / 4);
}
