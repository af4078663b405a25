/**
 * The form of `x-kubernetes-validations` rules: that they say something, in lines where lines are allowed. Whether an
 * expression compiles is judged by `validation-rules/rule-errors.ts`.
 */
import { childPath, type FieldError, invalidValue, notSupported, required } from '@kindred/machinery';
import type { ValidationRule } from '../structural/json-schema-props.ts';

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

/** What is wrong with the form of one rule. */
export function ruleErrors(rule: ValidationRule, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const at = (name: string) => childPath(path, name);
  const { message = '', messageExpression = '', fieldPath = '', reason } = rule;
  const expression = rule.rule.trim();
  if (expression === '') errors.push(required(at('rule'), 'rule is not specified'));
  else if (message !== '' && message.trim() === '') {
    errors.push(invalidValue(at('message'), message, 'message must be non-empty if specified'));
  } else if (hasLineBreaks(message.trim())) {
    errors.push(invalidValue(at('message'), message, 'message must not contain line breaks'));
  } else if (hasLineBreaks(expression) && message.trim() === '') {
    errors.push(required(at('message'), 'message must be specified if rule contains line breaks'));
  }
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(required(at('messageExpression'), 'messageExpression must be non-empty if specified'));
  }
  if (reason !== undefined && !reasons.includes(reason)) errors.push(notSupported(at('reason'), reason, reasons));
  if (fieldPath !== '' && fieldPath.trim() === '') {
    errors.push(invalidValue(at('fieldPath'), fieldPath, 'fieldPath must be non-empty if specified'));
  }
  if (hasLineBreaks(fieldPath)) {
    errors.push(invalidValue(at('fieldPath'), fieldPath, 'fieldPath must not contain line breaks'));
  }
  return errors;
}

function hasLineBreaks(text: string): boolean {
  return /[\n\r]/.test(text);
}
