/**
 * One condition of a label selector: key, operator, values (`k8s.io/apimachinery/pkg/labels` Requirement).
 */
import type { FieldError } from '../status/field-error.ts';
import { invalidValue } from '../status/field-errors.ts';
import { checkLabelValue, checkQualifiedName } from '../validation/names.ts';

/** In the spelling of the text form. */
export type LabelOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** Sorted, each once. */
  readonly values: readonly string[];
}

export type Labels = Readonly<Record<string, string>>;

const INTEGER = /^[+-]?\d+$/;

/** What is wrong with a requirement: number of values, key, values. */
export function validateRequirement({ key, operator, values }: LabelRequirement): FieldError[] {
  return [
    ...checkQualifiedNameAt('', key),
    ...validateValueCount(operator, values),
    ...values.flatMap((value, index) => validateValue(key, operator, value, `values[${index}]`)),
  ];
}

function checkQualifiedNameAt(field: string, key: string): FieldError[] {
  const messages = checkQualifiedName(key);
  return messages.length === 0 ? [] : [invalidValue(field, key, messages.join('; '))];
}

function validateValueCount(operator: LabelOperator, values: readonly string[]): FieldError[] {
  const wrong = (detail: string) => [invalidValue('values', values, detail)];
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length > 0 ? [] : wrong("for 'in', 'notin' operators, values set can't be empty");
    case 'exists':
    case '!':
      return values.length === 0 ? [] : wrong('values set must be empty for exists and does not exist');
    case 'gt':
    case 'lt':
      return values.length === 1 ? [] : wrong("for 'Gt', 'Lt' operators, exactly one value is required");
    default:
      return values.length === 1 ? [] : wrong('exact-match compatibility requires one single value');
  }
}

function validateValue(key: string, operator: LabelOperator, value: string, field: string): FieldError[] {
  if ((operator === 'gt' || operator === 'lt') && !INTEGER.test(value)) {
    return [invalidValue(field, value, "for 'Gt', 'Lt' operators, the value must be an integer")];
  }
  const messages = checkLabelValue(value);
  return messages.length === 0 ? [] : [invalidValue(`${field}[${key}]`, value, messages.join('; '))];
}

/** True when labels fulfil the requirement. */
export function requirementMatches({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'gt':
    case 'lt':
      return value !== undefined && compares(value, operator, values[0] ?? '');
    default:
      return value !== undefined && values.includes(value);
  }
}

function compares(value: string, operator: 'gt' | 'lt', bound: string): boolean {
  if (!INTEGER.test(value)) return false;
  return operator === 'gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
}

/** The text form: `app in (a,b)`, `!app`, `n>3`. */
export function formatRequirement({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`;
    case 'gt':
    case 'lt':
      return `${key}${operator === 'gt' ? '>' : '<'}${values[0]}`;
    default:
      return `${key}${operator}${values[0]}`;
  }
}
