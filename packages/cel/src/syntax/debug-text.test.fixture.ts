/**
 * A syntax tree as cel-go's `ToDebugString` prints it, which is the form that the cases of cel-spec have.
 */
import type { Constant, ConstantExpr, Expr } from './ast.ts';

type Adorn = (expr: Expr | undefined) => string;

/** `adorn` gives what stands behind each node; for entries of maps it is called without one. */
export function debugText(expr: Expr, adorn: Adorn): string {
  return withIndent(expr, '', adorn);
}

/** Behind each node the name of its class in cel-go. */
export function kindOf(expr: Expr | undefined): string {
  return `^#*expr.${expr === undefined ? 'Expr_CreateStruct_Entry' : className(expr)}#`;
}

function className(expr: Expr): string {
  if (expr.kind === 'constant') return `Constant_${constantClass(expr)}Value`;
  const names = {
    ident: 'Ident',
    select: 'Select',
    call: 'Call',
    list: 'List',
    map: 'Struct',
    struct: 'Struct',
    comprehension: 'Comprehension',
  };
  return `Expr_${names[expr.kind]}Expr`;
}

function constantClass({ value }: ConstantExpr): string {
  if (value === null) return 'Null';
  if (typeof value === 'object') return value.kind === 'uint' ? 'Uint64' : 'Bytes';
  const names: Readonly<Record<string, string>> = {
    boolean: 'Bool',
    bigint: 'Int64',
    number: 'Double',
    string: 'String',
  };
  return names[typeof value] ?? '';
}

function withIndent(expr: Expr, indent: string, adorn: Adorn): string {
  return body(expr, indent, adorn) + adorn(expr);
}

function body(expr: Expr, indent: string, adorn: Adorn): string {
  const inner = `${indent}  `;
  const block = (open: string, parts: readonly string[], close: string) =>
    parts.length === 0 ? open + close : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
  switch (expr.kind) {
    case 'constant':
      return literal(expr.value);
    case 'ident':
      return expr.name;
    case 'select':
      return `${withIndent(expr.operand, indent, adorn)}.${expr.field}${expr.testOnly ? '~test-only~' : ''}`;
    case 'call': {
      const target = expr.target === undefined ? '' : `${withIndent(expr.target, indent, adorn)}.`;
      return block(
        `${target}${expr.name}(`,
        expr.args.map((arg) => withIndent(arg, inner, adorn)),
        ')',
      );
    }
    case 'list':
      return block(
        '[',
        expr.elements.map((each) => withIndent(each, inner, adorn)),
        ']',
      );
    case 'map':
      return block(
        '{',
        expr.entries.map(
          ({ key, value, optional }) =>
            `${optional ? '?' : ''}${withIndent(key, inner, adorn)}:${withIndent(value, inner, adorn)}${adorn(undefined)}`,
        ),
        '}',
      );
    case 'struct':
      return block(
        `${expr.typeName}{`,
        expr.entries.map(
          ({ field, value, optional }) =>
            `${optional ? '?' : ''}${field}:${withIndent(value, inner, adorn)}${adorn(undefined)}`,
        ),
        '}',
      );
    case 'comprehension': {
      const part = (name: string, value: string) => `${inner}// ${name}\n${inner}${value}`;
      const of = (each: Expr) => withIndent(each, inner, adorn);
      return `__comprehension__(\n${[
        part('Variable', expr.iterVar),
        part('Target', of(expr.iterRange)),
        part('Accumulator', expr.accuVar),
        part('Init', of(expr.accuInit)),
        part('LoopCondition', of(expr.loopCondition)),
        part('LoopStep', of(expr.loopStep)),
        part('Result', of(expr.result)),
      ].join(',\n')})`;
    }
  }
}

function literal(value: Constant): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return double(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return value.kind === 'uint' ? `${value.value}u` : `b${quoteBytes(value.bytes)}`;
}

function double(value: number): string {
  if (Math.abs(value) < 1e6) return Object.is(value, -0) ? '-0' : String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

const short: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

function quote(text: string): string {
  const parts = [...new Intl.Segmenter('en').segment(text)].map(({ segment }) =>
    isPrintable(segment)
      ? segment
      : Array.from(segment)
          .map((character) => (isPrintable(character) ? character : escaped(character)))
          .join(''),
  );
  return `"${parts.join('')}"`;
}

function isPrintable(text: string): boolean {
  return (
    text !== '"' && text !== '\\' && /^[\p{L}\p{N}\p{S}\p{P}\p{M} ]+$/u.test(text.normalize()) && !/^\p{M}/u.test(text)
  );
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return short[character] ?? `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

function quoteBytes(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] ?? 0;
    const length = lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const character = length === 0 ? '\ufffd' : new TextDecoder().decode(bytes.subarray(at, at + length));
    if (character.length === 1 && character !== '\ufffd' && isPrintable(character)) {
      text += character;
      at += length;
    } else {
      text += short[String.fromCharCode(lead)] ?? `\\x${lead.toString(16).padStart(2, '0')}`;
      at++;
    }
  }
  return `"${text}"`;
}
