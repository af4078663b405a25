/** Checks that several kinds have in common, in upstream's words (`k8s.io/kubernetes/pkg/apis/core/validation`). */
import {
  checkLabelValue,
  checkQualifiedName,
  deepEqual,
  type FieldError,
  forbiddenField,
  invalidValue,
  labelSelectorFromObject,
  type NameCheck,
  notSupported,
  type LabelSelector as ParsedSelector,
  required,
} from '@kindred/machinery';
import type { LabelSelector } from '../gen/types/meta/v1.ts';

/** One Invalid error for each thing that a name check has found. */
export function named(field: string, value: string, check: NameCheck): FieldError[] {
  return check(value).map((problem) => invalidValue(field, value, problem));
}

/** As `named`, and an absent or empty value is an error by itself. */
export function requiredName(field: string, value: string | undefined, check: NameCheck): FieldError[] {
  return value === undefined || value === '' ? [required(field)] : named(field, value, check);
}

export function nonNegative(field: string, value: number | undefined): FieldError[] {
  return value !== undefined && value < 0 ? [invalidValue(field, value, 'must be greater than or equal to 0')] : [];
}

export function immutable(field: string, value: unknown, old: unknown): FieldError[] {
  return deepEqual(value, old) ? [] : [invalidValue(field, value, 'field is immutable')];
}

/** The value must be there and be one of those listed. */
export function oneOf(field: string, value: string | undefined, allowed: readonly string[]): FieldError[] {
  if (value === undefined || value === '') return [required(field)];
  return allowed.includes(value) ? [] : [notSupported(field, value, allowed)];
}

/** A value that may be absent, else must be one of those listed. */
export function optionalOneOf(field: string, value: string | undefined, allowed: readonly string[]): FieldError[] {
  return value === undefined ? [] : oneOf(field, value, allowed);
}

/** Keys, operators and the values that each operator takes. */
export function selectorErrors(field: string, selector: LabelSelector | undefined): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(selector?.matchLabels ?? {})) {
    errors.push(...named(`${field}.matchLabels`, key, checkQualifiedName));
    errors.push(...named(`${field}.matchLabels`, value, checkLabelValue));
  }
  for (const [index, { key, operator, values = [] }] of (selector?.matchExpressions ?? []).entries()) {
    const at = `${field}.matchExpressions[${index}]`;
    if (operator === 'In' || operator === 'NotIn') {
      const detail = "must be specified when `operator` is 'In' or 'NotIn'";
      if (values.length === 0) errors.push(required(`${at}.values`, detail));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      if (values.length > 0) errors.push(forbiddenField(`${at}.values`, detail));
    } else errors.push(invalidValue(`${at}.operator`, operator, 'not a valid selector operator'));
    errors.push(...named(`${at}.key`, key ?? '', checkQualifiedName));
    for (const [at2, value] of values.entries()) errors.push(...named(`${at}.values[${at2}]`, value, checkLabelValue));
  }
  return errors;
}

/** The selector to match with; undefined when it has errors, which `selectorErrors` tells. An absent one matches nothing. */
export function parsedSelector(selector: LabelSelector | undefined): ParsedSelector | undefined {
  return selectorErrors('', selector).length > 0 ? undefined : labelSelectorFromObject(selector);
}

export function isEmptySelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return Object.keys(matchLabels).length + matchExpressions.length === 0;
}

/** A number of pods or a percentage of them. */
export function intOrPercent(field: string, value: number | string | undefined): FieldError[] {
  if (typeof value === 'number') return nonNegative(field, value);
  if (value === undefined || /^\d+%$/.test(value)) return [];
  const detail =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
  return [invalidValue(field, value, detail)];
}
