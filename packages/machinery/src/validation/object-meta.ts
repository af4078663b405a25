/**
 * Validation of metadata, the same for every kind (`k8s.io/apimachinery/pkg/api/validation` objectmeta.go).
 */
import { goQuote } from '../codec/go-quote.ts';
import { deepEqual } from '../object/copy.ts';
import { parseGroupVersion } from '../object/group-version-kind.ts';
import type { ObjectMeta, OwnerReference } from '../object/meta.ts';
import type { FieldError } from '../status/field-error.ts';
import { forbiddenField, invalidValue, required, tooLong } from '../status/field-errors.ts';
import { checkDnsLabel, checkDnsSubdomain, checkLabelValue, checkQualifiedName, type NameCheck } from './names.ts';

/** All annotations of an object together, keys and values. */
export const MAX_ANNOTATION_BYTES = 256 * 1024;

export interface ObjectMetaRules {
  readonly namespaced: boolean;
  /** Rule of the kind for its names; DNS subdomain when absent. */
  readonly nameCheck?: NameCheck;
}

/** What is wrong with the metadata of an object that is to be created. */
export function validateObjectMeta(meta: ObjectMeta, rules: ObjectMetaRules): FieldError[] {
  const errors: FieldError[] = [];
  nameErrors(meta, rules, errors);
  namespaceErrors(meta, rules, errors);
  commonErrors(meta, errors);
  return errors;
}

/** What is wrong with new metadata: its own faults, and changes of what must stay. Absent fields count as changes. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta): FieldError[] {
  const errors = [...validateNoNewFinalizers(meta, old), ...validateImmutable(meta, old)];
  commonErrors(meta, errors);
  return errors;
}

function nameErrors({ name, generateName }: ObjectMeta, rules: ObjectMetaRules, errors: FieldError[]): void {
  const check = rules.nameCheck ?? checkDnsSubdomain;
  if (generateName) {
    for (const message of check(maskTrailingDash(generateName))) {
      errors.push(invalidValue('metadata.generateName', generateName, message));
    }
  }
  if (!name) errors.push(required('metadata.name', 'name or generateName is required'));
  else for (const message of check(name)) errors.push(invalidValue('metadata.name', name, message));
}

/** A prefix may end in a dash, since more characters follow. */
function maskTrailingDash(prefix: string): string {
  return prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix;
}

function namespaceErrors({ namespace }: ObjectMeta, { namespaced }: ObjectMetaRules, errors: FieldError[]): void {
  const field = 'metadata.namespace';
  if (!namespaced && namespace) errors.push(forbiddenField(field, 'not allowed on this type'));
  if (!namespaced) return;
  if (!namespace) errors.push(required(field));
  else for (const message of checkDnsLabel(namespace)) errors.push(invalidValue(field, namespace, message));
}

/** Most objects have few of these fields, and each create comes here: what is absent costs nothing. */
function commonErrors(meta: ObjectMeta, errors: FieldError[]): void {
  const { generation = 0, labels, annotations, ownerReferences, finalizers } = meta;
  if (generation < 0) {
    errors.push(invalidValue('metadata.generation', generation, 'must be greater than or equal to 0'));
  }
  if (labels) labelErrors(labels, 'metadata.labels', errors);
  if (annotations) annotationErrors(annotations, 'metadata.annotations', errors);
  if (ownerReferences) ownerErrors(ownerReferences, errors);
  if (finalizers) finalizerErrors(finalizers, errors);
}

/** Keys and values of labels; `field` is the path of the map. */
export function validateLabels(labels: Readonly<Record<string, string>>, field: string): FieldError[] {
  const errors: FieldError[] = [];
  labelErrors(labels, field, errors);
  return errors;
}

function labelErrors(labels: Readonly<Record<string, string>>, field: string, errors: FieldError[]): void {
  for (const key in labels) {
    const value = labels[key] ?? '';
    for (const message of checkQualifiedName(key)) errors.push(invalidValue(field, key, message));
    for (const message of checkLabelValue(value)) errors.push(invalidValue(field, value, message));
  }
}

/** Keys and total size of annotations; `field` is the path of the map. */
export function validateAnnotations(annotations: Readonly<Record<string, string>>, field: string): FieldError[] {
  const errors: FieldError[] = [];
  annotationErrors(annotations, field, errors);
  return errors;
}

function annotationErrors(annotations: Readonly<Record<string, string>>, field: string, errors: FieldError[]): void {
  let bytes = 0;
  for (const key in annotations) {
    for (const message of checkQualifiedName(key.toLowerCase())) errors.push(invalidValue(field, key, message));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(annotations[key] ?? '');
  }
  if (bytes > MAX_ANNOTATION_BYTES) errors.push(tooLong(field, MAX_ANNOTATION_BYTES));
}

function ownerErrors(references: readonly OwnerReference[], errors: FieldError[]): void {
  const field = 'metadata.ownerReferences';
  for (const reference of references) ownerReferenceErrors(reference, field, errors);
  const controllers = references.filter(({ controller }) => controller === true);
  for (const { name } of controllers.slice(1)) {
    const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controllers[0]?.name} and ${name}`;
    errors.push(invalidValue(field, references, detail));
  }
}

function ownerReferenceErrors(reference: OwnerReference, field: string, errors: FieldError[]): void {
  const { group, version } = parseGroupVersion(reference.apiVersion ?? '');
  if (version === '')
    errors.push(invalidValue(`${field}.apiVersion`, reference.apiVersion ?? '', 'version must not be empty'));
  for (const member of ['kind', 'name', 'uid'] as const) {
    if (!reference[member]) errors.push(invalidValue(`${field}.${member}`, '', 'must not be empty'));
  }
  if (group === '' && version === 'v1' && reference.kind === 'Event') {
    errors.push(invalidValue(field, reference, '/v1, Kind=Event is disallowed from being an owner'));
  }
}

function finalizerErrors(finalizers: readonly string[], errors: FieldError[]): void {
  const field = 'metadata.finalizers';
  for (const name of finalizers) {
    for (const message of checkQualifiedName(name)) errors.push(invalidValue(field, name, message));
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalidValue(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
}

function validateNoNewFinalizers(meta: ObjectMeta, old: ObjectMeta): FieldError[] {
  if (old.deletionTimestamp === undefined) return [];
  const added = (meta.finalizers ?? []).filter((name) => !(old.finalizers ?? []).includes(name)).sort();
  if (added.length === 0) return [];
  const list = `[]string{${added.map(goQuote).join(', ')}}`;
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
  return [forbiddenField('metadata.finalizers', detail)];
}

const IMMUTABLE = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

function validateImmutable(meta: ObjectMeta, old: ObjectMeta): FieldError[] {
  const errors = IMMUTABLE.filter((member) => !deepEqual(meta[member], old[member])).map((member) =>
    invalidValue(`metadata.${member}`, meta[member], 'field is immutable'),
  );
  const generation = meta.generation ?? 0;
  if (generation < (old.generation ?? 0)) {
    errors.push(invalidValue('metadata.generation', generation, 'must not be decremented'));
  }
  return errors;
}
