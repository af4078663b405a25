/**
 * What the dot and the variables are at a place of a template, as far as its tokens tell: good enough for a template that
 * can't be parsed while it is written. `with` and `range` over values are followed, results of functions are not.
 */
import type { Token } from '../template/token.ts';
import type { ValuePath } from '../values/value-path.ts';

/** What an expression stands for. */
export type Reference =
  | { readonly kind: 'root' }
  | { readonly kind: 'values'; readonly path: ValuePath }
  /** `.Release.Name`, `.Chart.Version`; the names behind the dot. */
  | { readonly kind: 'object'; readonly names: readonly string[] }
  | { readonly kind: 'unknown' };

const ROOT: Reference = { kind: 'root' };
const UNKNOWN: Reference = { kind: 'unknown' };

export interface Scope {
  readonly dot: Reference;
  readonly variables: ReadonlyMap<string, Reference>;
}

interface Frame {
  readonly keyword: string;
  dot: Reference;
  /** Outside of it. */
  readonly outer: Reference;
  readonly variables: Map<string, Reference>;
}

/** The scope behind these tokens of a template file. */
export function scopeAfter(tokens: readonly Token[]): Scope {
  const frames: Frame[] = [{ keyword: 'file', dot: ROOT, outer: ROOT, variables: new Map() }];
  const actions = splitActions(tokens);
  for (const action of actions) enterAction(action, frames);
  const last = frames.at(-1);
  return { dot: last?.dot ?? ROOT, variables: last?.variables ?? new Map() };
}

/** Tokens between delimiters, without spaces. What isn't closed is left out. */
function splitActions(tokens: readonly Token[]): Token[][] {
  const actions: Token[][] = [];
  let open: Token[] | undefined;
  for (const token of tokens) {
    if (token.type === 'leftDelim') open = [];
    else if (token.type === 'rightDelim') {
      if (open !== undefined) actions.push(open);
      open = undefined;
    } else if (token.type !== 'space') open?.push(token);
  }
  return actions;
}

function enterAction(action: readonly Token[], frames: Frame[]): void {
  const [first, second] = action;
  const frame = frames.at(-1);
  if (first === undefined || frame === undefined) return;
  const keyword = first.type === 'keyword' ? first.text : '';
  switch (keyword) {
    case 'end':
      if (frames.length > 1) frames.pop();
      return;
    case 'else':
      frame.dot = frame.outer;
      if (second?.type === 'keyword' && second.text === 'with') bind(frame, 'with', action.slice(2));
      return;
    case 'define':
    case 'block':
      frames.push({ keyword, dot: ROOT, outer: frame.dot, variables: new Map([['$', ROOT]]) });
      return;
    case 'if':
    case 'with':
    case 'range': {
      const inner: Frame = { keyword, dot: frame.dot, outer: frame.dot, variables: new Map(frame.variables) };
      bind(inner, keyword, action.slice(1));
      frames.push(inner);
      return;
    }
    default:
      bind(frame, '', action);
  }
}

/** `$x := expression`, and what the expression makes of the dot. */
function bind(frame: Frame, keyword: string, tokens: readonly Token[]): void {
  const assign = tokens.findIndex(({ type }) => type === 'declare' || type === 'assign');
  const names = tokens.slice(0, Math.max(0, assign)).filter(({ type }) => type === 'variable');
  const value = valueOf(tokens.slice(assign + 1), { dot: frame.dot, variables: frame.variables });
  const bound = keyword === 'range' ? elementOf(value) : value;
  const variable = names.at(-1);
  if (variable !== undefined) frame.variables.set(variable.text, bound);
  if (keyword === 'range' && names.length > 1 && names[0] !== undefined) frame.variables.set(names[0].text, UNKNOWN);
  if (keyword === 'with' || keyword === 'range') frame.dot = bound;
}

function elementOf(value: Reference): Reference {
  return value.kind === 'values' ? { kind: 'values', path: [...value.path, 0] } : UNKNOWN;
}

/** Of a chain of names and nothing else. */
function valueOf(tokens: readonly Token[], scope: Scope): Reference {
  const [first, ...rest] = tokens;
  if (first === undefined || rest.some(({ type }) => type !== 'field')) return UNKNOWN;
  return resolveChain(tokens, scope);
}

/** What `.a.b`, `$x.a` or `.` stand for. */
export function resolveChain(tokens: readonly Token[], scope: Scope): Reference {
  const [first] = tokens;
  if (first === undefined) return UNKNOWN;
  const names = tokens.filter(({ type }) => type === 'field').map(({ text }) => text.slice(1));
  if (first.type === 'variable') {
    return followNames(first.text === '$' ? ROOT : (scope.variables.get(first.text) ?? UNKNOWN), names);
  }
  if (first.type === 'keyword' && first.text === '.') return scope.dot;
  if (first.type !== 'field') return UNKNOWN;
  // Somebody who writes .Values inside a range means the values, even if it fails.
  const isBuiltIn = scope.dot.kind !== 'root' && BUILT_IN.has(names[0] ?? '');
  return followNames(isBuiltIn ? ROOT : scope.dot, names);
}

const BUILT_IN = new Set(['Values', 'Release', 'Chart', 'Capabilities', 'Files', 'Template']);

export function followNames(start: Reference, names: readonly string[]): Reference {
  if (names.length === 0) return start;
  const [first = '', ...rest] = names;
  switch (start.kind) {
    case 'root':
      return first === 'Values' ? { kind: 'values', path: rest } : { kind: 'object', names };
    case 'values':
      return { kind: 'values', path: [...start.path, ...names] };
    case 'object':
      return { kind: 'object', names: [...start.names, ...names] };
    default:
      return UNKNOWN;
  }
}
