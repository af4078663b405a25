/**
 * JSONPath as CustomResourceDefinitions use it (`k8s.io/client-go/util/jsonpath`, without templates): dot names, quoted
 * names in brackets, indexes and slices, wildcards, recursive descent, unions and filters such as
 * `.status.conditions[?(@.type=="Ready")].status`.
 */
import { isJsonObject } from '@kindred/machinery';

/** A parsed path. Evaluating never throws: what is missing is left out of the results. */
export type JsonPath = readonly Step[];

type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';

type Step =
  | { readonly kind: 'name'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly start?: number; readonly end?: number; readonly step: number }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'descend' }
  | { readonly kind: 'filter'; readonly left: Operand; readonly operator?: Operator; readonly right?: Operand };

type Operand = { readonly path: JsonPath } | { readonly value: unknown };

/** The parsed path, or undefined when the text isn't a JSONPath that this subset knows. */
export function parseJsonPath(text: string): JsonPath | undefined {
  const steps: Step[] = [];
  const inner = text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text;
  let at = inner.startsWith('$') || inner.startsWith('@') ? 1 : 0;
  while (at < inner.length) {
    const next = parseStep(inner, at, steps);
    if (next === undefined) return undefined;
    at = next;
  }
  return steps;
}

/** All values that the path leads to, in document order. */
export function evaluateJsonPath(path: JsonPath, root: unknown): unknown[] {
  let current: unknown[] = [root];
  for (const step of path) {
    const next: unknown[] = [];
    for (const value of current) applyStep(step, value, next);
    current = next;
  }
  return current;
}

/** Parses one step at an offset; returns the offset after it, or undefined for a syntax error. */
function parseStep(text: string, at: number, steps: Step[]): number | undefined {
  if (text.startsWith('..', at)) {
    steps.push({ kind: 'descend' });
    return text[at + 2] === '[' ? at + 2 : parseName(text, at + 2, steps);
  }
  if (text[at] === '.') {
    if (at + 1 === text.length || text[at + 1] === '[') return at + 1;
    return parseName(text, at + 1, steps);
  }
  if (text[at] === '[') {
    const end = closingBracket(text, at);
    const step = end === undefined ? undefined : parseBracket(text.slice(at + 1, end).trim());
    if (end === undefined || step === undefined) return undefined;
    steps.push(step);
    return end + 1;
  }
  return at === 0 ? parseName(text, at, steps) : undefined;
}

function parseName(text: string, at: number, steps: Step[]): number | undefined {
  if (text[at] === '*') {
    steps.push({ kind: 'wildcard' });
    return at + 1;
  }
  let name = '';
  let i = at;
  for (; i < text.length && text[i] !== '.' && text[i] !== '['; i++) {
    // A backslash takes the next character as it is: `.metadata.labels.app\.kubernetes\.io/name`.
    if (text[i] === '\\') i++;
    name += text[i] ?? '';
  }
  if (name === '') return undefined;
  steps.push({ kind: 'name', names: [name] });
  return i;
}

/** The offset of the bracket that closes the one at `at`; brackets inside quotes don't count. */
function closingBracket(text: string, at: number): number | undefined {
  let depth = 0;
  let quote = '';
  for (let i = at; i < text.length; i++) {
    const char = text[i] ?? '';
    if (quote !== '') {
      if (char === '\\') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '[') depth++;
    else if (char === ']' && --depth === 0) return i;
  }
  return undefined;
}

function parseBracket(body: string): Step | undefined {
  if (body === '*') return { kind: 'wildcard' };
  if (body.startsWith('?(') && body.endsWith(')')) return parseFilter(body.slice(2, -1).trim());
  const slice = /^(-?\d*):(-?\d*)(?::(-?\d+))?$/.exec(body);
  if (slice !== null) return sliceStep(slice);
  if (/^-?\d+(\s*,\s*-?\d+)*$/.test(body)) return { kind: 'indexes', indexes: body.split(',').map(Number) };
  const names = body.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g);
  if (names === null || names.join(',') !== body.replaceAll(/\s*,\s*/g, ',')) return undefined;
  return { kind: 'name', names: names.map(unquote) };
}

function sliceStep(parts: RegExpExecArray): Step | undefined {
  const [, start, end, step] = parts;
  const stride = step === undefined ? 1 : Number(step);
  if (stride <= 0) return undefined;
  return {
    kind: 'slice',
    step: stride,
    ...(start === undefined || start === '' ? {} : { start: Number(start) }),
    ...(end === undefined || end === '' ? {} : { end: Number(end) }),
  };
}

function parseFilter(text: string): Step | undefined {
  const parts = /^((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"'=!<>])+?)\s*(?:(==|!=|<=|>=|<|>)\s*(.+))?$/.exec(text);
  if (parts === null) return undefined;
  const [, leftText = '', operator, rightText] = parts;
  const left = parseOperand(leftText.trim());
  if (left === undefined) return undefined;
  if (operator === undefined || rightText === undefined) return { kind: 'filter', left };
  const right = parseOperand(rightText.trim());
  // The expression above admits nothing else.
  return right === undefined ? undefined : { kind: 'filter', left, operator: operator as Operator, right };
}

function parseOperand(text: string): Operand | undefined {
  if (text.startsWith('@') || text.startsWith('.') || text.startsWith('$')) {
    const path = parseJsonPath(text);
    return path === undefined ? undefined : { path };
  }
  if (/^".*"$|^'.*'$/s.test(text)) return { value: unquote(text) };
  if (/^-?\d+(\.\d+)?$/.test(text)) return { value: Number(text) };
  return text === 'true' || text === 'false' ? { value: text === 'true' } : undefined;
}

function unquote(text: string): string {
  return text.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

function applyStep(step: Step, value: unknown, out: unknown[]): void {
  switch (step.kind) {
    case 'name':
      for (const name of step.names) {
        if (isJsonObject(value) && Object.hasOwn(value, name)) out.push(value[name]);
      }
      return;
    case 'indexes':
      if (Array.isArray(value)) pickIndexes(step.indexes, value, out);
      return;
    case 'slice':
      if (Array.isArray(value)) out.push(...sliceOf(step, value));
      return;
    case 'wildcard':
      out.push(...membersOf(value));
      return;
    case 'descend':
      descend(value, out);
      return;
    case 'filter':
      for (const element of membersOf(value)) if (passes(step, element)) out.push(element);
  }
}

function pickIndexes(indexes: readonly number[], list: readonly unknown[], out: unknown[]): void {
  for (const index of indexes) {
    const position = index < 0 ? list.length + index : index;
    if (position >= 0 && position < list.length) out.push(list[position]);
  }
}

function sliceOf(
  step: { readonly start?: number; readonly end?: number; readonly step: number },
  list: unknown[],
): unknown[] {
  return list.slice(step.start ?? 0, step.end ?? list.length).filter((_, i) => i % step.step === 0);
}

function membersOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
}

function descend(value: unknown, out: unknown[]): void {
  out.push(value);
  for (const member of membersOf(value)) if (typeof member === 'object' && member !== null) descend(member, out);
}

function passes(
  filter: { readonly left: Operand; readonly operator?: Operator; readonly right?: Operand },
  element: unknown,
): boolean {
  const left = operandValue(filter.left, element);
  if (filter.operator === undefined || filter.right === undefined) return left !== undefined;
  const right = operandValue(filter.right, element);
  return left !== undefined && right !== undefined && compare(left, filter.operator, right);
}

function operandValue(operand: Operand, element: unknown): unknown {
  return 'path' in operand ? evaluateJsonPath(operand.path, element)[0] : operand.value;
}

function compare(left: unknown, operator: Operator, right: unknown): boolean {
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  const comparable =
    (typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string');
  if (!comparable) return false;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}
