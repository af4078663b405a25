/**
 * Field selectors: `metadata.name=kubia,status.phase!=Running` (`k8s.io/apimachinery/pkg/fields`).
 *
 * Which fields a kind knows is for the caller to check: see `FieldSelector.terms`.
 */
import { badRequest } from '../status/errors.ts';
import type { StatusError } from '../status/status-error.ts';

export interface FieldTerm {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

export interface FieldSelector {
  readonly terms: readonly FieldTerm[];
  readonly isEmpty: boolean;
  /** Fields that are absent count as empty. */
  matches(fields: Readonly<Record<string, string>>): boolean;
  /** The value that `field` must have, when the selector fixes one: `metadata.name=x` → `x`. */
  exactValue(field: string): string | undefined;
  toString(): string;
}

// A term ends at a comma that no backslash stands before.
const TERM = /(?:[^\\,]|\\[\s\S]?)+/g;
const PARTS = /^((?:[^\\=!]|\\[\s\S]|!(?!=))*)(==|!=|=)([\s\S]*)$/;
const ESCAPED = /\\([\s\S]?)/g;

/** Reads a field selector; an empty text matches everything. Throws StatusError BadRequest in upstream's words. */
export function parseFieldSelector(text: string): FieldSelector {
  const terms = (text.match(TERM) ?? []).map((term) => parseTerm(term, text));
  return {
    terms,
    isEmpty: terms.length === 0,
    matches: (fields) => terms.every((term) => termMatches(term, fields)),
    exactValue: (field) => terms.find((term) => term.field === field && term.operator === '=')?.value,
    toString: () => terms.map(formatTerm).join(','),
  };
}

function parseTerm(term: string, selector: string): FieldTerm {
  const [, field, operator, value = ''] = PARTS.exec(term) ?? [];
  if (field === undefined) throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`);
  return { field, operator: operator === '!=' ? '!=' : '=', value: unescapeValue(value) };
}

function unescapeValue(value: string): string {
  const bare = value.replace(ESCAPED, '');
  if (bare.includes('='))
    throw badRequest(`invalid field selector: unescaped character in value: ${'='.charCodeAt(0)}`);
  return value.replace(ESCAPED, (sequence, character: string) => {
    if (character === '' || !'\\,='.includes(character)) {
      throw badRequest(`invalid field selector: invalid escape sequence: ${sequence}`);
    }
    return character;
  });
}

function termMatches({ field, operator, value }: FieldTerm, fields: Readonly<Record<string, string>>): boolean {
  const found = Object.hasOwn(fields, field) ? fields[field] : '';
  return (found === value) === (operator === '=');
}

function formatTerm({ field, operator, value }: FieldTerm): string {
  return `${field}${operator}${value.replace(/[\\,=]/g, '\\$&')}`;
}

/** The failure for a field that a kind doesn't let select: `field label not supported: spec.x`. */
export function fieldLabelNotSupported(field: string): StatusError {
  return badRequest(`field label not supported: ${field}`);
}
