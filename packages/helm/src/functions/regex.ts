/** Sprig's regular expressions: RE2 syntax and linear time by re2js, Go's rules for empty matches and replacements. */
import { RE2JS, RE2JSException } from 're2js';
import { fn } from '../go/define-function.ts';
import { FunctionError } from '../go/function-error.ts';
import { type GoFunction, type GoValue, nilSlice, stringSlice } from '../go/value.ts';

/** A match: start and end of the whole and of each group, -1 for groups without part in it. */
type Match = readonly (readonly [number, number])[];

interface Compiled {
  readonly groups: number;
  readonly names: Readonly<Record<string, number>>;
  readonly find: (text: string, from: number) => Match | undefined;
}

const MAX_CACHED = 500;

/** The functions, with a cache of compiled expressions that they share. */
export function regexFunctions(): Readonly<Record<string, GoFunction>> {
  const cache = new Map<string, Compiled>();
  const compiled = (pattern: string): Compiled => {
    const known = cache.get(pattern);
    if (known !== undefined) return known;
    const fresh = compile(pattern);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(pattern, fresh);
    return fresh;
  };
  const functions: Record<string, GoFunction> = {};
  const define = (name: string, lenient: (run: GoFunction) => GoFunction, run: GoFunction): void => {
    functions[`mustR${name.slice(1)}`] = run;
    functions[name] = lenient(run);
  };
  const matches = (pattern: string, text: string): boolean => compiled(pattern).find(text, 0) !== undefined;
  functions['mustRegexMatch'] = fn(['string', 'string'], matches);
  functions['regexMatch'] = fn(['string', 'string'], (pattern, text) => {
    try {
      return matches(pattern, text);
    } catch (error) {
      if (error instanceof FunctionError) return false;
      throw error;
    }
  });
  define(
    'regexFind',
    panicking,
    fn(['string', 'string'], (pattern, text) => matchText(text, compiled(pattern).find(text, 0))),
  );
  define(
    'regexFindAll',
    panicking,
    fn(['string', 'string', 'int'], (pattern, text, count) => findAll(compiled(pattern), text, count)),
  );
  define(
    'regexReplaceAll',
    panicking,
    fn(['string', 'string', 'string'], (pattern, text, replacement) =>
      replaceAll(compiled(pattern), text, (regex, match) => expand(replacement, regex, text, match)),
    ),
  );
  define(
    'regexReplaceAllLiteral',
    panicking,
    fn(['string', 'string', 'string'], (pattern, text, replacement) =>
      replaceAll(compiled(pattern), text, () => replacement),
    ),
  );
  define(
    'regexSplit',
    panicking,
    fn(['string', 'string', 'int'], (pattern, text, count) => split(compiled(pattern), pattern, text, count)),
  );
  functions['regexQuoteMeta'] = fn(['string'], (text) => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&'));
  return functions;
}

/** The variants without `must` panic in Go, which words the problem differently. */
function panicking(run: GoFunction): GoFunction {
  return {
    ...run,
    run: (args) => {
      try {
        return run.run(args);
      } catch (error) {
        if (!(error instanceof FunctionError)) throw error;
        const pattern = typeof args[0] === 'string' ? args[0] : '';
        const quoted = pattern.includes('`') ? JSON.stringify(pattern) : `\`${pattern}\``;
        throw new FunctionError(`regexp: Compile(${quoted}): ${error.message}`, { cause: error });
      }
    },
  };
}

function compile(pattern: string): Compiled {
  try {
    const regex = RE2JS.compile(pattern);
    const groups = regex.groupCount();
    return {
      groups,
      names: regex.namedGroups(),
      find: (text, from) => {
        const matcher = regex.matcher(text);
        if (!matcher.find(from)) return undefined;
        return Array.from({ length: groups + 1 }, (_, group) => [matcher.start(group), matcher.end(group)] as const);
      },
    };
  } catch (error) {
    if (error instanceof RE2JSException) throw new FunctionError(error.message, { cause: error });
    throw error;
  }
}

function matchText(text: string, match: Match | undefined): string {
  const whole = match?.[0];
  return whole === undefined ? '' : text.slice(whole[0], whole[1]);
}

function characterWidth(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function allMatches(regex: Compiled, text: string, count: number): Match[] {
  const found: Match[] = [];
  let previousEnd = -1;
  for (let at = 0; (count < 0 || found.length < count) && at <= text.length; ) {
    const match = regex.find(text, at);
    const [start, end] = match?.[0] ?? [-1, -1];
    if (match === undefined) break;
    // An empty match right after another one doesn't count.
    const accepted = end !== at || start !== previousEnd;
    at = end === at ? at + characterWidth(text, at) : end;
    previousEnd = end;
    if (accepted) found.push(match);
  }
  return found;
}

function findAll(regex: Compiled, text: string, count: number): GoValue {
  const found = allMatches(regex, text, count);
  return found.length === 0 ? nilSlice('[]string') : stringSlice(found.map((match) => matchText(text, match)));
}

function replaceAll(regex: Compiled, text: string, replacement: (regex: Compiled, match: Match) => string): string {
  let out = '';
  let lastEnd = 0;
  for (let at = 0; at <= text.length; ) {
    const match = regex.find(text, at);
    const [start, end] = match?.[0] ?? [-1, -1];
    if (match === undefined) break;
    out += text.slice(lastEnd, start);
    if (end > lastEnd || start === 0) out += replacement(regex, match);
    lastEnd = end;
    at = Math.max(end, at + (end > at ? 0 : characterWidth(text, at)));
  }
  return out + text.slice(lastEnd);
}

/** `$1`, `${1}`, `$name`: a name is as long as it can be, so `$1x` is the group "1x", which is empty. */
function expand(template: string, regex: Compiled, text: string, match: Match): string {
  return template.replace(/\$(?:(\$)|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu, (_all, dollar, braced, bare) => {
    if (dollar !== undefined) return '$';
    const name = String(braced ?? bare);
    const group = /^\d+$/.test(name) ? Number(name) : regex.names[name];
    const range = group === undefined ? undefined : match[group];
    return range === undefined || range[0] < 0 ? '' : text.slice(range[0], range[1]);
  });
}

function split(regex: Compiled, pattern: string, text: string, count: number): GoValue {
  if (count === 0) return nilSlice('[]string');
  if (pattern !== '' && text === '') return stringSlice(['']);
  const parts: string[] = [];
  let start = 0;
  let end = 0;
  for (const match of allMatches(regex, text, count)) {
    if (count > 0 && parts.length === count - 1) break;
    const [from, to] = match[0] ?? [0, 0];
    end = from;
    if (to !== 0) parts.push(text.slice(start, end));
    start = to;
  }
  if (end !== text.length) parts.push(text.slice(start));
  return stringSlice(parts);
}
