/**
 * Label selectors: the text form of queries (`app=a,tier in (x,y),!old`) and the object form of specs
 * (`k8s.io/apimachinery/pkg/labels`, `metav1.LabelSelector`).
 */
import { goQuote } from '../codec/go-quote.ts';
import { badRequest } from '../status/errors.ts';
import { formatFieldError } from '../status/field-errors.ts';
import {
  formatRequirement,
  type LabelOperator,
  type LabelRequirement,
  type Labels,
  requirementMatches,
  validateRequirement,
} from './label-requirement.ts';
import { parseRequirements } from './label-selector-parser.ts';

export interface LabelSelector {
  /** All must hold; sorted by key. */
  readonly requirements: readonly LabelRequirement[];
  /** True when there is nothing to fulfil. */
  readonly isEmpty: boolean;
  matches(labels: Labels | undefined): boolean;
  toString(): string;
}

/** `metav1.LabelSelector`. */
export interface LabelSelectorObject {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Reads the text form; an empty text matches everything. Throws StatusError BadRequest in upstream's words. */
export function parseLabelSelector(text: string): LabelSelector {
  return selectorOf(parseRequirements(text));
}

/**
 * Makes a selector of the object form. An empty object matches everything, an absent one nothing.
 * Throws StatusError BadRequest for unknown operators and invalid keys or values.
 */
export function labelSelectorFromObject(object: LabelSelectorObject | null | undefined): LabelSelector {
  if (object === null || object === undefined) return NOTHING;
  const equalities = Object.entries(object.matchLabels ?? {}).map(([key, value]) => requirement(key, '=', [value]));
  const expressions = (object.matchExpressions ?? []).map(({ key, operator, values }) =>
    requirement(key, operatorOf(operator), values ?? []),
  );
  return selectorOf([...equalities, ...expressions]);
}

/** Matches exactly the objects that have all of these labels. */
export function labelSelectorFromLabels(labels: Labels): LabelSelector {
  return labelSelectorFromObject({ matchLabels: labels });
}

const NOTHING: LabelSelector = {
  requirements: [],
  isEmpty: false,
  matches: () => false,
  toString: () => '',
};

const OPERATORS: Readonly<Record<string, LabelOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

function operatorOf(name: string): LabelOperator {
  const operator = OPERATORS[name];
  if (operator === undefined) throw badRequest(`${goQuote(name)} is not a valid label selector operator`);
  return operator;
}

function requirement(key: string, operator: LabelOperator, values: readonly string[]): LabelRequirement {
  const made = { key, operator, values: [...new Set(values)].sort() };
  const [error] = validateRequirement(made);
  if (error !== undefined) throw badRequest(formatFieldError(error));
  return made;
}

function selectorOf(unsorted: readonly LabelRequirement[]): LabelSelector {
  const requirements = unsorted.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return {
    requirements,
    isEmpty: requirements.length === 0,
    matches: (labels = {}) => requirements.every((one) => requirementMatches(one, labels)),
    toString: () => requirements.map(formatRequirement).join(','),
  };
}
