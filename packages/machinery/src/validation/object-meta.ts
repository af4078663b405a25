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
  return [...validateName(meta, rules), ...validateNamespace(meta, rules), ...validateCommon(meta)];
}

/** What is wrong with new metadata: its own faults, and changes of what must stay. Absent fields count as changes. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta): FieldError[] {
  return [...validateNoNewFinalizers(meta, old), ...validateImmutable(meta, old), ...validateCommon(meta)];
}

function validateName(meta: ObjectMeta, rules: ObjectMetaRules): FieldError[] {
  const check = rules.nameCheck ?? checkDnsSubdomain;
  const errors: FieldError[] = [];
  const { name, generateName } = meta;
  if (generateName) {
    const messages = check(maskTrailingDash(generateName));
    errors.push(...messages.map((message) => invalidValue('metadata.generateName', generateName, message)));
  }
  if (!name) errors.push(required('metadata.name', 'name or generateName is required'));
  else errors.push(...check(name).map((message) => invalidValue('metadata.name', name, message)));
  return errors;
}

/** A prefix may end in a dash, since more characters follow. */
function maskTrailingDash(prefix: string): string {
  return prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix;
}

function validateNamespace({ namespace }: ObjectMeta, { namespaced }: ObjectMetaRules): FieldError[] {
  const field = 'metadata.namespace';
  if (!namespaced) return namespace ? [forbiddenField(field, 'not allowed on this type')] : [];
  if (!namespace) return [required(field)];
  return checkDnsLabel(namespace).map((message) => invalidValue(field, namespace, message));
}

/** Most objects have few of these fields, and each create comes here: what is absent costs nothing. */
function validateCommon({ generation, labels, annotations, ownerReferences, finalizers }: ObjectMeta): FieldError[] {
  const errors = validateGeneration(generation);
  if (labels) errors.push(...validateLabels(labels, 'metadata.labels'));
  if (annotations) errors.push(...validateAnnotations(annotations, 'metadata.annotations'));
  if (ownerReferences) errors.push(...validateOwnerReferences(ownerReferences));
  if (finalizers) errors.push(...validateFinalizers(finalizers));
  return errors;
}

function validateGeneration(generation = 0): FieldError[] {
  if (generation >= 0) return [];
  return [invalidValue('metadata.generation', generation, 'must be greater than or equal to 0')];
}

/** Keys and values of labels; `field` is the path of the map. */
export function validateLabels(labels: Readonly<Record<string, string>>, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(labels)) {
    for (const message of checkQualifiedName(key)) errors.push(invalidValue(field, key, message));
    for (const message of checkLabelValue(value)) errors.push(invalidValue(field, value, message));
  }
  return errors;
}

/** Keys and total size of annotations; `field` is the path of the map. */
export function validateAnnotations(annotations: Readonly<Record<string, string>>, field: string): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    const messages = checkQualifiedName(key.toLowerCase());
    errors.push(...messages.map((message) => invalidValue(field, key, message)));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > MAX_ANNOTATION_BYTES) errors.push(tooLong(field, MAX_ANNOTATION_BYTES));
  return errors;
}

function validateOwnerReferences(references: readonly OwnerReference[]): FieldError[] {
  const field = 'metadata.ownerReferences';
  const errors = references.flatMap((reference) => validateOwnerReference(reference, field));
  const controllers = references.filter(({ controller }) => controller === true);
  for (const { name } of controllers.slice(1)) {
    const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controllers[0]?.name} and ${name}`;
    errors.push(invalidValue(field, references, detail));
  }
  return errors;
}

function validateOwnerReference(reference: OwnerReference, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const { group, version } = parseGroupVersion(reference.apiVersion ?? '');
  if (version === '')
    errors.push(invalidValue(`${field}.apiVersion`, reference.apiVersion ?? '', 'version must not be empty'));
  for (const member of ['kind', 'name', 'uid'] as const) {
    if (!reference[member]) errors.push(invalidValue(`${field}.${member}`, '', 'must not be empty'));
  }
  if (group === '' && version === 'v1' && reference.kind === 'Event') {
    errors.push(invalidValue(field, reference, '/v1, Kind=Event is disallowed from being an owner'));
  }
  return errors;
}

function validateFinalizers(finalizers: readonly string[]): FieldError[] {
  const field = 'metadata.finalizers';
  const errors = finalizers.flatMap((name) =>
    checkQualifiedName(name).map((message) => invalidValue(field, name, message)),
  );
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalidValue(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
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
