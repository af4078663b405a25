/** What is known while one value is held against one schema, and how its errors are made. */
import type { GoValue } from '../go/value.ts';
import type { Failure } from './failure.ts';
import type { Schema } from './schema.ts';

/** The way from the first schema to this one; tells endless circles of references apart from deep values. */
export interface Scope {
  readonly schema: Schema;
  /** The keyword of a jump to another place; empty for a schema inside its parent. */
  readonly keyword: string;
  /** Grows with the depth of the value. */
  readonly level: number;
  readonly parent: Scope | undefined;
}

/** Members and items that no keyword has looked at; undefined where nobody asks. */
export interface Unevaluated {
  members: Set<string> | undefined;
  items: Set<number> | undefined;
}

/** One value and one schema. */
export interface Evaluation {
  readonly value: GoValue;
  readonly path: readonly string[];
  readonly schema: Schema;
  readonly scope: Scope;
  readonly unevaluated: Unevaluated;
  /** Only whether it fails matters: messages aren't made. */
  readonly quiet: boolean;
  readonly metaschema: Schema | undefined;
  readonly failures: Failure[];
  readonly run: Run;
}

/** What all evaluations of one validation share. */
export interface Run {
  /** Holds the same value against another schema; what that one looked at counts as looked at. */
  readonly same: (from: Evaluation, schema: Schema, options?: SameOptions) => Failure | undefined;
  /** Holds a member or an item of the value against a schema. */
  readonly inside: (from: Evaluation, schema: Schema, value: GoValue, token: string) => Failure | undefined;
  /** Holds another value, such as the name of a member, against a schema, as if it were a whole document. */
  readonly apart: (from: Evaluation, schema: Schema, value: GoValue) => Failure | undefined;
}

export interface SameOptions {
  readonly keyword?: string;
  readonly quiet?: boolean;
}

const SILENT: Failure = { path: [], message: '', role: 'plain', causes: [] };

export function failure(
  { quiet, path }: Evaluation,
  message: () => string,
  causes: readonly Failure[] = [],
  role: Failure['role'] = 'plain',
): Failure {
  return quiet ? SILENT : { path, message: message(), role, causes };
}

export function fail(evaluation: Evaluation, message: () => string, causes: readonly Failure[] = []): void {
  evaluation.failures.push(failure(evaluation, message, causes));
}

/** Adds a failure from elsewhere, when there is one. */
export function add(evaluation: Evaluation, found: Failure | undefined): void {
  if (found !== undefined) evaluation.failures.push(found);
}
