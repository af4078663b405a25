/** Hints about a failure inside `tpl`: which value the text is, and the line of the file on which it failed. */
import { quote } from '../go/quote.ts';
import { type GoMap, type GoValue, isMap } from '../go/value.ts';
import { ExecutionError } from '../template/execution-error.ts';
import { TemplateParseError } from '../template/parse-error.ts';
import type { ValuePath } from '../values/value-path.ts';
import { type OriginOf, TPL_FILE, tplPlace } from './template-place.ts';

/** A value that is a template. */
export interface TemplateText {
  readonly text: string;
  readonly path: ValuePath;
}

/** All values that are templates, longest first. */
export function templateTexts(values: GoMap): TemplateText[] {
  const found: TemplateText[] = [];
  const visit = (value: GoValue, path: ValuePath): void => {
    if (typeof value === 'string') {
      if (value.includes('{{')) found.push({ text: value, path });
    } else if (isMap(value)) {
      for (const [key, member] of value) visit(member, [...path, key]);
    } else if (Array.isArray(value)) {
      value.forEach((item, at) => visit(item, [...path, at]));
    }
  };
  visit(values, []);
  return found.sort((a, b) => b.text.length - a.text.length);
}

/** Empty when the error didn't happen in the text of a value. */
export function explainTemplateText(error: Error, texts: readonly TemplateText[], originOf: OriginOf): string[] {
  const place = placeInText(error);
  if (place === undefined) return [];
  // The message of `tpl` quotes its text.
  const found = texts.find(({ text }) => error.message.includes(`${quote(text)}: `));
  if (found === undefined) return [];
  return [`the text given to tpl is a value: ${tplPlace(place, found.path, originOf)}`];
}

function placeInText(error: Error): { line: number; column: number } | undefined {
  let found: { line: number; column: number } | undefined;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ExecutionError && cause.place.file === TPL_FILE) {
      found = { line: cause.place.line, column: cause.place.column + 1 };
    } else if (cause instanceof TemplateParseError && cause.file === TPL_FILE) {
      found = { line: cause.line, column: 1 };
    }
  }
  return found;
}
