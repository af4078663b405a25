/**
 * A template that failed while it ran, in Go's form: `template: file:line:column: executing "name" at <node>: reason`.
 * When an included template fails, the error of the including one holds that of the included one.
 */
import { byteLength } from '../go/bytes.ts';
import { quote } from '../go/quote.ts';
import type { GoValue } from '../go/value.ts';
import { type AnyNode, nodeText, type Template } from './node.ts';

export interface ErrorPlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** In bytes, from 0, as Go counts. */
  readonly column: number;
  /** Name of the template: the file or a `define`. */
  readonly template: string;
  /** The failing piece of the template. */
  readonly context: string;
}

/** Names that lead from a value to where a field was asked of nothing, or of what has no fields. */
export interface MissingField {
  readonly receiver: GoValue;
  readonly names: readonly string[];
}

export class ExecutionError extends Error {
  override readonly name = 'ExecutionError';
  readonly place: ErrorPlace;
  /** What went wrong, without the place. */
  readonly reason: string;
  /** What a user may want to know beyond Go's words: the value that was nil, a key that is spelled almost so. */
  readonly hints: readonly string[];
  readonly missing: MissingField | undefined;

  constructor(
    place: ErrorPlace,
    reason: string,
    options: { cause?: unknown; hints?: readonly string[]; missing?: MissingField } = {},
  ) {
    super(`template: ${locationText(place)}: executing ${quote(place.template)} at <${place.context}>: ${reason}`, {
      cause: options.cause,
    });
    this.place = place;
    this.reason = reason;
    this.hints = options.hints ?? [];
    this.missing = options.missing;
  }
}

/** `file:line:column`. */
export function locationText(place: ErrorPlace): string {
  return `${place.file}:${place.line}:${place.column}`;
}

export function placeOf(template: Template, node: AnyNode): ErrorPlace {
  const before = template.source.slice(0, node.position);
  const lineStart = before.lastIndexOf('\n') + 1;
  return {
    file: template.file,
    line: before.split('\n').length,
    column: byteLength(before.slice(lineStart)),
    template: template.name,
    context: nodeText(node),
  };
}
