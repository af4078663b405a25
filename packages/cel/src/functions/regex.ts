/**
 * Regular expressions in RE2's syntax: compiled once and kept, matched in linear time whatever they say.
 *
 * Patterns that are one literal, perhaps anchored, need no engine at all; simple ones run on the built-in engine.
 */
import { errorText } from '@kindred/machinery';
import { RE2JS } from 're2js';
import { translateSimplePattern } from './simple-pattern.ts';

export interface Regex {
  test(text: string): boolean;
  /** The texts of matches from left to right, at most `limit` of them. */
  findAll(text: string, limit: number): string[];
}

/** Enough for the patterns of every definition that is in use; compiling one takes 100 to 400 µs. */
const maxKept = 1000;
const kept = new Map<string, Regex | { readonly error: string }>();

/** The compiled pattern, or why it isn't one. */
export function compileRegex(pattern: string): Regex | { readonly error: string } {
  const known = kept.get(pattern);
  if (known !== undefined) return known;
  const regex = create(pattern);
  if (kept.size >= maxKept) {
    const [oldest] = kept.keys();
    if (oldest !== undefined) kept.delete(oldest);
  }
  kept.set(pattern, regex);
  return regex;
}

function create(pattern: string): Regex | { readonly error: string } {
  let engine: RE2JS;
  try {
    engine = RE2JS.compile(pattern);
  } catch (error) {
    return { error: errorText(error) };
  }
  return {
    test: simpleTest(pattern) ?? ((text) => engine.matcher(text).find()),
    findAll(text, limit) {
      const matcher = engine.matcher(text);
      const found: string[] = [];
      while (found.length < limit && matcher.find()) found.push(matcher.group() ?? '');
      return found;
    },
  };
}

/** A faster test for patterns that need no engine, or surely mean the same to the built-in one. */
function simpleTest(pattern: string): ((text: string) => boolean) | undefined {
  const literal = /^(\^?)([A-Za-z0-9 _:;,<>=!@#%&~'"/-]+)(\$?)$/.exec(pattern);
  if (literal !== null) return literalTest(literal[2] ?? '', { start: literal[1] === '^', end: literal[3] === '$' });
  const simple = translateSimplePattern(pattern);
  if (simple === undefined) return undefined;
  const regExp = new RegExp(simple, 'u');
  return (text) => regExp.test(text);
}

function literalTest(literal: string, { start, end }: { start: boolean; end: boolean }): (text: string) => boolean {
  if (start) return end ? (text) => text === literal : (text) => text.startsWith(literal);
  return end ? (text) => text.endsWith(literal) : (text) => text.includes(literal);
}
