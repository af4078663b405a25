/**
 * Names of a CustomResourceDefinition: plural, singular, kind, short names, categories; and the group's approval.
 */
import { childPath, type FieldError, indexPath, invalidValue, keyPath, required } from '@kindred/machinery';
import { isDns1035Label } from '../structural/dns-names.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionNames } from './custom-resource-definition.ts';

/** Names that a definition cannot do without. Singular and listKind have defaults. */
export function requiredNameErrors(names: CustomResourceDefinitionNames, path: string): FieldError[] {
  return (['plural', 'singular', 'kind', 'listKind'] as const)
    .filter((name) => (names[name] ?? '') === '')
    .map((name) => required(childPath(path, name)));
}

/** The form of the names that are there. */
export function nameErrors(names: CustomResourceDefinitionNames, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ['plural', 'singular'] as const) label(names[name], childPath(path, name), errors);
  for (const name of ['kind', 'listKind'] as const) kind(names[name], childPath(path, name), errors);
  names.shortNames?.forEach((name, i) => label(name, indexPath(childPath(path, 'shortNames'), i), errors, true));
  if (names.kind !== '' && names.kind === names.listKind) {
    const at = childPath(path, 'listKind');
    errors.push(invalidValue(at, names.listKind, 'kind and listKind may not be the same'));
  }
  names.categories?.forEach((name, i) => label(name, indexPath(childPath(path, 'categories'), i), errors, true));
  return errors;
}

const approvalAnnotation = 'api-approved.kubernetes.io';
const approvalHelp = 'see https://github.com/kubernetes/enhancements/pull/1111';

export type ApprovalState = 'Missing' | 'Invalid' | 'Approved' | 'Unapproved' | 'NotProtected';

/** Groups of the Kubernetes project need its approval, or the statement that they don't have it. */
export function apiApprovalState(crd: CustomResourceDefinition): ApprovalState {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(crd.spec.group)) return 'NotProtected';
  const approval = crd.metadata.annotations?.[approvalAnnotation] ?? '';
  if (approval === '') return 'Missing';
  if (approval.startsWith('unapproved')) return 'Unapproved';
  return /^https?:\/\/[^/\s]+/.test(approval) ? 'Approved' : 'Invalid';
}

/** An approval that is missing or malformed; what was so before is left alone. */
export function apiApprovalErrors(crd: CustomResourceDefinition, old?: CustomResourceDefinition): FieldError[] {
  const state = apiApprovalState(crd);
  if (old !== undefined && apiApprovalState(old) === state) return [];
  const path = keyPath('metadata.annotations', approvalAnnotation);
  const must = `protected groups must have approval annotation "${approvalAnnotation}"`;
  if (state === 'Missing') return [required(path, `${must}, ${approvalHelp}`)];
  if (state !== 'Invalid') return [];
  const value = crd.metadata.annotations?.[approvalAnnotation];
  const detail = `${must} with either a URL or a reason starting with "unapproved", ${approvalHelp}`;
  return [invalidValue(path, value, detail)];
}

function label(value: string | undefined, path: string, out: FieldError[], evenIfEmpty = false): void {
  if (value === undefined || (value === '' && !evenIfEmpty)) return;
  const errors = isDns1035Label(value);
  if (errors.length > 0) out.push(invalidValue(path, value, errors.join(',')));
}

function kind(value: string | undefined, path: string, out: FieldError[]): void {
  if (value === undefined || value === '') return;
  const errors = isDns1035Label(value.toLowerCase());
  if (errors.length === 0) return;
  out.push(invalidValue(path, value, `may have mixed case, but should otherwise match: ${errors.join(',')}`));
}
