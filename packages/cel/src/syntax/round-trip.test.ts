import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytes, uint } from '../values/value.ts';
import { type Constant, type Expr, operators } from './ast.ts';
import { debugText, kindOf } from './debug-text.test.fixture.ts';
import { ExprFactory } from './expr-factory.ts';
import { parse } from './parser.ts';

const infix: Readonly<Record<string, string>> = {
  [operators.and]: '&&',
  [operators.or]: '||',
  [operators.equals]: '==',
  [operators.less]: '<',
  [operators.in]: 'in',
  [operators.add]: '+',
  [operators.modulo]: '%',
};

/** The expression as text, with every bracket that there can be. */
function print(expr: Expr): string {
  switch (expr.kind) {
    case 'constant':
      return printConstant(expr.value);
    case 'ident':
      return expr.name;
    case 'select':
      return `(${print(expr.operand)}).${expr.field}`;
    case 'call':
      return printCall(expr.name, expr.target, expr.args.map(print));
    case 'list':
      return `[${expr.elements.map((element, at) => (expr.optionals.includes(at) ? '?' : '') + print(element)).join(', ')}]`;
    case 'map':
      return `{${expr.entries.map(({ key, value, optional }) => `${optional ? '?' : ''}${print(key)}: ${print(value)}`).join(', ')}}`;
    default:
      throw new TypeError(`not printed: ${expr.kind}`);
  }
}

function printCall(name: string, target: Expr | undefined, args: readonly string[]): string {
  const [a = '', b = '', c = ''] = args;
  if (target !== undefined) return `(${print(target)}).${name}(${args.join(', ')})`;
  if (name === operators.conditional) return `((${a}) ? (${b}) : (${c}))`;
  if (name === operators.not) return `!(${a})`;
  if (name === operators.negate) return `-(${a})`;
  if (name === operators.index) return `(${a})[${b}]`;
  if (name === operators.optionalIndex) return `(${a})[?${b}]`;
  const symbol = infix[name];
  return symbol === undefined ? `${name}(${args.join(', ')})` : `((${a}) ${symbol} (${b}))`;
}

function printConstant(value: Constant): string {
  if (typeof value === 'string') return `'${escaped(value)}'`;
  if (typeof value === 'number') return printDouble(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (value.kind === 'uint') return `${value.value}u`;
  return `b'${Array.from(value.bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'`;
}

/** Never without a point or an exponent, which would be an integer; a negative zero with its sign. */
function printDouble(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) ? value.toExponential() : String(value);
}

function escaped(text: string): string {
  return Array.from(text, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return /[\w ]/.test(character) ? character : `\\U${code.padStart(8, '0')}`;
  }).join('');
}

const factory = new ExprFactory();
const name = fc.constantFrom('a', 'self', 'x1', '_b');
const constant: fc.Arbitrary<Constant> = fc.oneof(
  fc.constantFrom(null, true, false),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc
    .string({ unit: 'binary' })
    .filter((text) => !/[\ud800-\udfff]/.test(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ''))),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(uint),
  fc.uint8Array({ maxLength: 5 }).map(bytes),
);
const { expr } = fc.letrec<{ expr: Expr }>((tie) => {
  const inner = tie('expr');
  const many = fc.array(inner, { maxLength: 3 });
  return {
    expr: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      constant.map((value) => factory.constant(0, value)),
      name.map((each) => factory.ident(0, each)),
      fc.tuple(inner, name).map(([operand, field]) => factory.select(0, operand, field)),
      fc
        .tuple(fc.constantFrom(...Object.keys(infix)), inner, inner)
        .map(([symbol, a, b]) => factory.call(0, symbol, [a, b])),
      fc.tuple(fc.constantFrom(operators.not, operators.negate), inner).map(([sign, a]) => factory.call(0, sign, [a])),
      fc.tuple(inner, inner, inner).map((parts) => factory.call(0, operators.conditional, parts)),
      fc
        .tuple(fc.constantFrom(operators.index, operators.optionalIndex), inner, inner)
        .map(([index, a, b]) => factory.call(0, index, [a, b])),
      fc.tuple(name, many).map(([each, args]) => factory.call(0, each, args)),
      fc.tuple(inner, name, many).map(([target, each, args]) => factory.memberCall(0, each, target, args)),
      fc
        .tuple(many, fc.boolean())
        .map(([elements, first]) => factory.list(0, elements, first && elements.length > 0 ? [0] : [])),
      fc.array(fc.tuple(inner, inner, fc.boolean()), { maxLength: 3 }).map((entries) =>
        factory.map(
          0,
          entries.map(([key, value, optional]) => ({ id: factory.nextId(), offset: 0, key, value, optional })),
        ),
      ),
    ),
  };
});

test('what is printed is parsed as what it was', () => {
  const options = { macros: [], optionalSyntax: true, quotedFields: true };
  fc.assert(
    fc.property(expr, (tree) => {
      const parsed = parse(print(tree), options);
      assert.ok('expr' in parsed, 'errors' in parsed ? parsed.errors : '');
      assert.equal(debugText(parsed.expr, kindOf), debugText(tree, kindOf));
    }),
    { numRuns: 500 },
  );
});
