/**
 * Validation of ObjectMeta, the same for every kind, built-in or custom: `k8s.io/apimachinery/pkg/api/validation`.
 */
import type { FieldError, ObjectMeta } from '@kindred/machinery';
import { forbiddenField, invalidValue, required, tooLong } from '../validation/field-errors.ts';
import { dns1123Label, dns1123Subdomain, isLabelValue, isQualifiedName, type NameRule } from './names.ts';

/** All annotations of an object together, keys and values. */
const maximumAnnotationBytes = 256 * 1024;

/**
 * Checks metadata as a creator or updater sent it.
 *
 * @param namespaced whether the kind lives in namespaces: then `namespace` must be set, else it must not.
 * @param nameRule what names of the kind look like; a DNS subdomain when absent.
 * @param path where the metadata stands; `metadata` when absent.
 */
export function validateObjectMeta(
  meta: ObjectMeta,
  {
    namespaced,
    nameRule = dns1123Subdomain,
    path = 'metadata',
  }: { namespaced: boolean; nameRule?: NameRule; path?: string },
): FieldError[] {
  const { name = '', generateName = '', namespace = '' } = meta;
  const errors: FieldError[] = [];
  if (generateName !== '') errors.push(...generateNameErrors(generateName, nameRule, path));
  if (name === '') errors.push(required(`${path}.name`, 'name or generateName is required'));
  else errors.push(...nameRule(name).map((problem) => invalidValue(`${path}.name`, name, problem)));
  if (!namespaced && namespace !== '') errors.push(forbiddenField(`${path}.namespace`, 'not allowed on this type'));
  if (namespaced && namespace === '') errors.push(required(`${path}.namespace`));
  else if (namespaced) {
    errors.push(...dns1123Label(namespace).map((problem) => invalidValue(`${path}.namespace`, namespace, problem)));
  }
  errors.push(...validateLabels(meta.labels, `${path}.labels`));
  errors.push(...validateAnnotations(meta.annotations, `${path}.annotations`));
  errors.push(...ownerReferenceErrors(meta, `${path}.ownerReferences`));
  errors.push(...finalizerErrors(meta.finalizers ?? [], `${path}.finalizers`));
  return errors;
}

/** What an update may not change in metadata. The server itself sets uid, timestamps and generation before. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, path = 'metadata'): FieldError[] {
  const immutable = [
    'name',
    'namespace',
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
  ] as const;
  return immutable
    .filter((field) => (meta[field] ?? undefined) !== (old[field] ?? undefined))
    .map((field) => invalidValue(`${path}.${field}`, meta[field], 'field is immutable'));
}

/** Keys are qualified names, values label values. */
export function validateLabels(labels: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...isQualifiedName(key).map((problem) => invalidValue(path, key, problem)),
    ...isLabelValue(value).map((problem) => invalidValue(path, value, problem)),
  ]);
}

/** Keys are qualified names in either case; the whole is limited to 256 KiB. */
export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.push(...isQualifiedName(key.toLowerCase()).map((problem) => invalidValue(path, key, problem)));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > maximumAnnotationBytes) errors.push(tooLong(path, maximumAnnotationBytes));
  return errors;
}

/** A prefix may end in a dash, since random characters follow it. */
function generateNameErrors(generateName: string, nameRule: NameRule, path: string): FieldError[] {
  const stem = generateName.endsWith('-') && generateName.length > 1 ? `${generateName.slice(0, -1)}a` : generateName;
  return nameRule(stem).map((problem) => invalidValue(`${path}.generateName`, generateName, problem));
}

function ownerReferenceErrors({ ownerReferences = [] }: ObjectMeta, path: string): FieldError[] {
  const errors: FieldError[] = [];
  let controller: string | undefined;
  ownerReferences.forEach((reference, index) => {
    const at = `${path}[${index}]`;
    if (!reference.apiVersion) errors.push(invalidValue(`${at}.apiVersion`, '', 'version must not be empty'));
    if (!reference.kind) errors.push(invalidValue(`${at}.kind`, '', 'must not be empty'));
    if (!reference.name) errors.push(invalidValue(`${at}.name`, '', 'must not be empty'));
    if (!reference.uid) errors.push(invalidValue(`${at}.uid`, '', 'must not be empty'));
    if (reference.kind === 'Event' && (reference.apiVersion === 'v1' || reference.apiVersion === 'events.k8s.io/v1')) {
      const name = `${reference.apiVersion}, Kind=Event`;
      errors.push(invalidValue(path, reference, `${name} is disallowed from being an owner`));
    }
    if (!reference.controller) return;
    if (controller === undefined) controller = reference.name;
    else {
      const names = `Found "true" in references for ${controller} and ${reference.name}`;
      errors.push(invalidValue(path, ownerReferences, `Only one reference can have Controller set to true. ${names}`));
    }
  });
  return errors;
}

function finalizerErrors(finalizers: readonly string[], path: string): FieldError[] {
  const errors = finalizers.flatMap((name, index) =>
    isQualifiedName(name).map((problem) => invalidValue(`${path}[${index}]`, name, problem)),
  );
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalidValue(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
}
