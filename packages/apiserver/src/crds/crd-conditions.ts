/**
 * The status of a CustomResourceDefinition: which of its names are accepted, whether it is established, what is wrong with
 * its schema or its group's approval ("CustomResourceDefinition status", `apiextensions.k8s.io/v1`). Pure functions; they
 * run within the write itself, so that a definition is established by the time its creator hears of it.
 */
import { formatFieldError } from '@kindred/machinery';
import {
  apiApprovalState,
  type CustomResourceDefinition,
  type CustomResourceDefinitionCondition,
  type CustomResourceDefinitionNames,
  isConditionTrue,
  isValidCaBundle,
  nonStructuralErrors,
  storageVersionOf,
} from '@kindred/schema';

/** Names in use in the definition's group, by other definitions and by built-in kinds. */
export interface TakenNames {
  /** Plurals, singulars and short names. */
  readonly resources: ReadonlySet<string>;
  /** Kinds and list kinds. */
  readonly kinds: ReadonlySet<string>;
}

/** Brings the status up to date, in place. `now` is an RFC 3339 time. */
export function settleStatus(crd: CustomResourceDefinition, taken: TakenNames, now: string): void {
  const status = (crd.status ??= {});
  const storage = storageVersionOf(crd)?.name;
  const stored = (status.storedVersions ??= []);
  if (storage !== undefined && !stored.includes(storage)) stored.push(storage);
  const conflict = nameConflict(crd.spec.names, taken);
  status.acceptedNames = acceptedNames(crd, taken);
  setCondition(crd, namesCondition(conflict), now);
  settleEstablished(crd, conflict !== undefined, now);
  settleStructural(crd, now);
  settleApproval(crd, now);
  if (crd.metadata.generation !== undefined) status.observedGeneration = crd.metadata.generation;
}

/** Says that the definition is being deleted. */
export function markTerminating(crd: CustomResourceDefinition, now: string): void {
  const message = 'CustomResource deletion is in progress';
  setCondition(crd, { type: 'Terminating', status: 'True', reason: 'InstanceDeletionInProgress', message }, now);
}

/** Sets a condition; its transition time moves only when its status does. */
export function setCondition(
  crd: CustomResourceDefinition,
  wanted: CustomResourceDefinitionCondition,
  now: string,
): void {
  const status = (crd.status ??= {});
  const conditions = (status.conditions ??= []);
  const known = conditions.find(({ type }) => type === wanted.type);
  const sameStatus = known?.status === wanted.status;
  const next = { ...wanted, lastTransitionTime: (sameStatus ? known.lastTransitionTime : undefined) ?? now };
  if (known === undefined) conditions.push(next);
  else conditions[conditions.indexOf(known)] = next;
}

interface NameConflict {
  readonly reason: string;
  readonly name: string;
}

function nameConflict(names: CustomResourceDefinitionNames, taken: TakenNames): NameConflict | undefined {
  if (taken.resources.has(names.plural)) return { reason: 'PluralConflict', name: names.plural };
  const singular = names.singular ?? '';
  if (singular !== '' && taken.resources.has(singular)) return { reason: 'SingularConflict', name: singular };
  for (const name of names.shortNames ?? []) {
    if (taken.resources.has(name)) return { reason: 'ShortNamesConflict', name };
  }
  if (taken.kinds.has(names.kind)) return { reason: 'KindConflict', name: names.kind };
  const listKind = names.listKind ?? '';
  if (listKind !== '' && taken.kinds.has(listKind)) return { reason: 'ListKindConflict', name: listKind };
  return undefined;
}

/** Each name by itself: what is free is accepted, what is taken stays as it was accepted before. */
function acceptedNames({ spec, status }: CustomResourceDefinition, taken: TakenNames): CustomResourceDefinitionNames {
  const before = status?.acceptedNames;
  const { names } = spec;
  const accepted: CustomResourceDefinitionNames = {
    plural: taken.resources.has(names.plural) ? (before?.plural ?? '') : names.plural,
    kind: taken.kinds.has(names.kind) ? (before?.kind ?? '') : names.kind,
  };
  const singular = free(names.singular, before?.singular, taken.resources);
  if (singular !== undefined) accepted.singular = singular;
  const listKind = free(names.listKind, before?.listKind, taken.kinds);
  if (listKind !== undefined) accepted.listKind = listKind;
  const shortNames = names.shortNames ?? [];
  const kept = shortNames.some((name) => taken.resources.has(name)) ? (before?.shortNames ?? []) : shortNames;
  if (kept.length > 0) accepted.shortNames = [...kept];
  if (names.categories !== undefined && names.categories.length > 0) accepted.categories = [...names.categories];
  return accepted;
}

function free(name: string | undefined, before: string | undefined, taken: ReadonlySet<string>): string | undefined {
  return name !== undefined && taken.has(name) ? before : name;
}

function namesCondition(conflict: NameConflict | undefined): CustomResourceDefinitionCondition {
  const type = 'NamesAccepted';
  if (conflict === undefined) return { type, status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  return {
    type,
    status: 'False',
    reason: conflict.reason,
    message: `${JSON.stringify(conflict.name)} is already in use`,
  };
}

/** Once established, a definition stays so. */
function settleEstablished(crd: CustomResourceDefinition, conflicting: boolean, now: string): void {
  const type = 'Established';
  if (isConditionTrue(crd, type)) return;
  const bundle = crd.spec.conversion?.webhook?.clientConfig?.caBundle ?? '';
  if (conflicting) {
    setCondition(crd, { type, status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }, now);
  } else if (bundle !== '' && !isValidCaBundle(bundle)) {
    const message = 'the conversion webhook CABundle is invalid';
    setCondition(crd, { type, status: 'False', reason: 'InvalidCABundle', message }, now);
  } else {
    const message = 'the initial names have been accepted';
    setCondition(crd, { type, status: 'True', reason: 'InitialNamesAccepted', message }, now);
  }
}

function settleStructural(crd: CustomResourceDefinition, now: string): void {
  const type = 'NonStructuralSchema';
  const errors = nonStructuralErrors(crd);
  if (errors.length === 0) return removeCondition(crd, type);
  const message = errors.map(formatFieldError).join(', ');
  setCondition(crd, { type, status: 'True', reason: 'Violations', message }, now);
}

function settleApproval(crd: CustomResourceDefinition, now: string): void {
  const type = 'KubernetesAPIApprovalPolicyConformant';
  const state = apiApprovalState(crd);
  if (state === 'NotProtected') return removeCondition(crd, type);
  const outcomes = {
    Approved: ['True', 'ApprovedAnnotation'],
    Unapproved: ['False', 'UnapprovedAnnotation'],
    Invalid: ['False', 'InvalidAnnotation'],
    Missing: ['False', 'MissingAnnotation'],
  } as const;
  const [status, reason] = outcomes[state];
  const message = `protected groups must have approval annotation "api-approved.kubernetes.io", found: ${state}`;
  setCondition(crd, { type, status, reason, message }, now);
}

function removeCondition(crd: CustomResourceDefinition, type: string): void {
  const conditions = crd.status?.conditions;
  const at = conditions?.findIndex((condition) => condition.type === type) ?? -1;
  if (at >= 0) conditions?.splice(at, 1);
}
