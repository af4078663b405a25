/**
 * The cases of `@bufbuild/cel-spec`: cel-spec's conformance suite and cel-go's own tests, each with what cel-go makes of
 * the expression.
 */
import { tests as checking } from '@bufbuild/cel-spec/testdata/checking.js';
import { tests as comprehension } from '@bufbuild/cel-spec/testdata/comprehension.js';
import { tests as conformance } from '@bufbuild/cel-spec/testdata/conformance.js';
import { tests as parsing } from '@bufbuild/cel-spec/testdata/parsing.js';

export interface SpecCase {
  /** The suite's path and the case's name. */
  readonly name: string;
  readonly original: {
    readonly expr: string;
    readonly [field: string]: unknown;
  };
  readonly ast?: string;
  readonly checkedAst?: string;
  readonly type?: string;
  readonly error?: string;
}

interface Suite {
  readonly name: string;
  readonly suites?: readonly Suite[];
  readonly tests?: readonly Omit<SpecCase, 'name'>[];
}

export const specSuites = {
  checking: casesOf(checking, ''),
  comprehension: casesOf(comprehension, ''),
  conformance: casesOf(conformance, ''),
  parsing: casesOf(parsing, ''),
};

function casesOf(suite: Suite, path: string): SpecCase[] {
  const own = (suite.tests ?? []).map((test) => ({
    ...test,
    name: `${path}/${textOf(test.original['name']) ?? test.original.expr}`,
  }));
  return [...own, ...(suite.suites ?? []).flatMap((inner) => casesOf(inner, `${path}/${inner.name}`))];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The namespace in which a case looks for names. */
export function containerOf({ original }: SpecCase): string {
  return textOf(original['container']) ?? '';
}
