/**
 * The parser: source text to syntax tree by recursive descent (cel-spec, "Syntax"), with cel-go's messages.
 *
 * Text that breaks the grammar is reported at the first place; macros and identifiers are all judged. Nesting is
 * limited, and so is the length of the source, so that no later walk over the tree can exhaust the stack.
 */
import { type CallExpr, type Expr, type MapEntry, operators, qualifiedName, type StructEntry } from './ast.ts';
import { ExprFactory } from './expr-factory.ts';
import { type Token, tokenize } from './lexer.ts';
import { bytesLiteral, doubleLiteral, intLiteral, stringLiteral, uintLiteral } from './literal.ts';
import { expandMacro, type Macro, MacroError } from './macro.ts';
import { formatSourceErrors, type SourceError } from './source-error.ts';

export interface ParserOptions {
  readonly macros: readonly Macro[];
  /** `a.?b`, `a[?b]`, `[?a]`, `{?k: v}`. */
  readonly optionalSyntax: boolean;
  /** Fields in back quotes. */
  readonly quotedFields: boolean;
  /** How deep expressions may nest; 250 when absent. */
  readonly maxNesting?: number;
}

export type Parsed = { readonly expr: Expr } | { readonly errors: string };

const defaultMaxNesting = 250;
const maxCodePoints = 100_000;

const reserved = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
const expectedOperand =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
const relations: Readonly<Record<string, string>> = {
  '==': operators.equals,
  '!=': operators.notEquals,
  '<': operators.less,
  '<=': operators.lessEquals,
  '>': operators.greater,
  '>=': operators.greaterEquals,
  in: operators.in,
};
const sums: Readonly<Record<string, string>> = { '+': operators.add, '-': operators.subtract };
const products: Readonly<Record<string, string>> = {
  '*': operators.multiply,
  '/': operators.divide,
  '%': operators.modulo,
};

/** Parses an expression; the errors are one text as cel-go prints it. */
export function parse(source: string, options: ParserOptions): Parsed {
  const size = source.length > maxCodePoints ? Array.from(source).length : source.length;
  if (size > maxCodePoints) {
    const message = `expression code point size exceeds limit: size: ${size}, limit ${maxCodePoints}`;
    return { errors: formatSourceErrors(source, [{ offset: -1, message }]) };
  }
  const { tokens, errors } = tokenize(source);
  const parser = new Parser(tokens, errors, options);
  const expr = parser.parse();
  return parser.errors.length === 0 && expr !== undefined
    ? { expr }
    : { errors: formatSourceErrors(source, parser.errors) };
}

/** Leaves the descent: the text isn't an expression, and the error is noted. */
class SyntaxFault extends Error {}

class Parser {
  readonly errors: SourceError[];
  readonly #tokens: readonly Token[];
  readonly #options: ParserOptions;
  readonly #factory = new ExprFactory();
  #at = 0;
  #nesting = 0;

  constructor(tokens: readonly Token[], errors: readonly SourceError[], options: ParserOptions) {
    this.#tokens = tokens;
    this.errors = [...errors];
    this.#options = options;
  }

  parse(): Expr | undefined {
    try {
      const expr = this.#expression();
      if (this.#peek().kind !== 'end') {
        const found = this.#peek();
        const next = this.#tokens[this.#at + 1];
        const verb = next?.kind === 'end' ? 'extraneous' : 'mismatched';
        this.#fail(found.offset, `Syntax error: ${verb} input '${shown(found)}' expecting <EOF>`);
      }
      return expr;
    } catch (error) {
      if (error instanceof SyntaxFault) return undefined;
      throw error;
    }
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', offset: 0 };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #isSymbol(text: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead];
    return token?.kind === 'symbol' && token.text === text;
  }

  #take(text: string): Token | undefined {
    return this.#isSymbol(text) ? this.#next() : undefined;
  }

  #expect(text: string, expecting = `'${text}'`): Token {
    if (this.#isSymbol(text)) return this.#next();
    const found = this.#peek();
    return this.#fail(found.offset, `Syntax error: mismatched input '${shown(found)}' expecting ${expecting}`);
  }

  #note(offset: number, message: string): void {
    this.errors.push({ offset, message });
  }

  #fail(offset: number, message: string): never {
    this.#note(offset, message);
    throw new SyntaxFault(message);
  }

  #enter(): void {
    const limit = this.#options.maxNesting ?? defaultMaxNesting;
    if (++this.#nesting > limit) this.#fail(-1, `expression recursion limit exceeded: ${limit}`);
  }

  #expression(): Expr {
    this.#enter();
    const condition = this.#junction('||', operators.or, () =>
      this.#junction('&&', operators.and, () => this.#relation()),
    );
    const question = this.#take('?');
    let expr = condition;
    if (question !== undefined) {
      const whenTrue = this.#junction('||', operators.or, () =>
        this.#junction('&&', operators.and, () => this.#relation()),
      );
      this.#expect(':');
      const whenFalse = this.#expression();
      expr = this.#factory.call(question.offset, operators.conditional, [condition, whenTrue, whenFalse]);
    }
    this.#nesting--;
    return expr;
  }

  /** Long chains of `&&` and `||` become balanced trees: their depth is the logarithm of their length. */
  #junction(symbol: string, name: string, operand: () => Expr): Expr {
    const terms = [operand()];
    const offsets: number[] = [];
    for (let token = this.#take(symbol); token !== undefined; token = this.#take(symbol)) {
      offsets.push(token.offset);
      terms.push(operand());
    }
    return this.#balanced(name, terms, offsets);
  }

  #balanced(name: string, terms: readonly Expr[], offsets: readonly number[]): Expr {
    const [only] = terms;
    if (terms.length === 1 && only !== undefined) return only;
    const middle = Math.floor((terms.length - 1) / 2) + 1;
    const left = this.#balanced(name, terms.slice(0, middle), offsets.slice(0, middle - 1));
    const right = this.#balanced(name, terms.slice(middle), offsets.slice(middle));
    return this.#factory.call(offsets[middle - 1] ?? 0, name, [left, right]);
  }

  #relation(): Expr {
    return this.#chain(relations, () => this.#chain(sums, () => this.#chain(products, () => this.#unary())));
  }

  #chain(names: Readonly<Record<string, string>>, operand: () => Expr): Expr {
    let expr = operand();
    const before = this.#nesting;
    for (;;) {
      const token = this.#peek();
      const isOperator = token.kind === 'symbol' || (token.kind === 'identifier' && token.text === 'in');
      const name = isOperator && Object.hasOwn(names, token.text) ? names[token.text] : undefined;
      if (name === undefined) break;
      // A chain leans to the left: it nests as deep as it is long.
      this.#enter();
      this.#next();
      expr = this.#factory.call(token.offset, name, [expr, operand()]);
    }
    this.#nesting = before;
    return expr;
  }

  #unary(): Expr {
    for (const [symbol, name] of [
      ['!', operators.not],
      ['-', operators.negate],
    ] as const) {
      const first = this.#peek();
      // One minus before a number is the number's sign.
      if (symbol === '-' && this.#isNumber(1)) break;
      let count = 0;
      for (; this.#take(symbol) !== undefined; count++);
      if (count > 0) {
        const operand = this.#member();
        // Two of them undo each other.
        return count % 2 === 0 ? operand : this.#factory.call(first.offset, name, [operand]);
      }
    }
    return this.#member();
  }

  #isNumber(ahead: number): boolean {
    const kind = this.#tokens[this.#at + ahead]?.kind;
    return kind === 'int' || kind === 'uint' || kind === 'double';
  }

  #member(): Expr {
    const before = this.#nesting;
    const isGrouped = this.#isSymbol('(');
    let expr = this.#primary();
    for (;;) {
      if (this.#isSymbol('.')) expr = this.#selection(expr);
      else if (this.#isSymbol('[')) expr = this.#index(expr);
      else if (this.#isSymbol('{') && !isGrouped) {
        const typeName = qualifiedName(expr);
        if (typeName === undefined) break;
        expr = this.#struct(typeName);
      } else break;
      this.#enter();
    }
    this.#nesting = before;
    return expr;
  }

  #selection(operand: Expr): Expr {
    const dot = this.#next();
    const optional = this.#take('?');
    const name = this.#next();
    if (name.kind === 'quotedIdentifier') {
      if (!this.#options.quotedFields) this.#note(name.offset, "unsupported syntax: '`'");
    } else if (name.kind !== 'identifier' || isKeyword(name)) this.#unexpectedField(name);
    const field = name.text.replaceAll('`', '');
    if (optional !== undefined) {
      if (!this.#options.optionalSyntax) this.#note(dot.offset, "unsupported syntax '.?'");
      return this.#factory.call(dot.offset, operators.optionalSelect, [
        operand,
        this.#factory.constant(name.offset, field),
      ]);
    }
    if (!this.#isSymbol('(') || name.kind === 'quotedIdentifier')
      return this.#factory.select(dot.offset, operand, field);
    const open = this.#next();
    return this.#macroOr(this.#factory.memberCall(open.offset, field, operand, this.#arguments()));
  }

  #unexpectedField(found: Token): never {
    const message = isKeyword(found)
      ? `mismatched input '${shown(found)}' expecting IDENTIFIER`
      : `no viable alternative at input '.${found.text}'`;
    return this.#fail(found.offset, `Syntax error: ${message}`);
  }

  #index(operand: Expr): Expr {
    const open = this.#next();
    const optional = this.#take('?');
    if (optional !== undefined && !this.#options.optionalSyntax) this.#note(open.offset, "unsupported syntax '[?'");
    const index = this.#expression();
    this.#expect(']');
    const name = optional === undefined ? operators.index : operators.optionalIndex;
    return this.#factory.call(open.offset, name, [operand, index]);
  }

  #arguments(): Expr[] {
    const args: Expr[] = [];
    if (this.#take(')') !== undefined) return args;
    do args.push(this.#expression());
    while (this.#take(',') !== undefined);
    this.#expect(')');
    return args;
  }

  #primary(): Expr {
    const token = this.#peek();
    if (token.kind === 'identifier') return this.#name(token);
    if (token.kind === 'symbol') {
      if (token.text === '(') {
        this.#next();
        const expr = this.#expression();
        this.#expect(')');
        return expr;
      }
      if (token.text === '[') return this.#list();
      if (token.text === '{') return this.#map();
      if (token.text === '.' && this.#tokens[this.#at + 1]?.kind === 'identifier') return this.#name(token);
    }
    return this.#literal();
  }

  #name(first: Token): Expr {
    const isAbsolute = first.text === '.';
    if (isAbsolute) this.#next();
    const token = this.#next();
    if (!isAbsolute && (token.text === 'true' || token.text === 'false')) {
      return this.#factory.constant(token.offset, token.text === 'true');
    }
    if (!isAbsolute && token.text === 'null') return this.#factory.constant(token.offset, null);
    if (token.text === 'in') {
      this.#fail(token.offset, `Syntax error: mismatched input 'in' expecting ${expectedOperand}`);
    }
    if (reserved.has(token.text)) this.#note(token.offset, `reserved identifier: ${token.text}`);
    const name = isAbsolute ? `.${token.text}` : token.text;
    if (!this.#isSymbol('(')) return this.#factory.ident(isAbsolute ? first.offset : token.offset, name);
    const open = this.#next();
    return this.#macroOr(this.#factory.call(open.offset, name, this.#arguments()));
  }

  #macroOr(call: CallExpr): Expr {
    try {
      return expandMacro(call, this.#options.macros, this.#factory) ?? call;
    } catch (error) {
      if (!(error instanceof MacroError)) throw error;
      this.#note(error.offset, error.message);
      return call;
    }
  }

  #list(): Expr {
    const open = this.#next();
    const elements: Expr[] = [];
    const optionals: number[] = [];
    while (!this.#isSymbol(']')) {
      if (this.#optionalMark()) optionals.push(elements.length);
      elements.push(this.#expression());
      if (this.#take(',') === undefined) break;
    }
    this.#expect(']');
    return this.#factory.list(open.offset, elements, optionals);
  }

  #optionalMark(): boolean {
    const mark = this.#take('?');
    if (mark !== undefined && !this.#options.optionalSyntax) this.#note(mark.offset, "unsupported syntax '?'");
    return mark !== undefined;
  }

  #map(): Expr {
    const open = this.#next();
    const entries: MapEntry[] = [];
    while (!this.#isSymbol('}')) {
      const optional = this.#optionalMark();
      const key = this.#expression();
      const colon = this.#expect(':');
      const id = this.#factory.nextId();
      entries.push({ id, offset: colon.offset, key, value: this.#expression(), optional });
      if (this.#take(',') === undefined) break;
    }
    this.#expect('}');
    return this.#factory.map(open.offset, entries);
  }

  #struct(typeName: string): Expr {
    const open = this.#next();
    const entries: StructEntry[] = [];
    while (!this.#isSymbol('}')) {
      const optional = this.#optionalMark();
      const name = this.#next();
      if (name.kind === 'quotedIdentifier') {
        if (!this.#options.quotedFields) this.#note(name.offset, "unsupported syntax: '`'");
      } else if (name.kind !== 'identifier' || isKeyword(name)) {
        this.#fail(
          name.offset,
          `Syntax error: mismatched input '${shown(name)}' expecting {IDENTIFIER, ESC_IDENTIFIER}`,
        );
      }
      const colon = this.#expect(':');
      const id = this.#factory.nextId();
      const field = name.text.replaceAll('`', '');
      entries.push({ id, offset: colon.offset, field, value: this.#expression(), optional });
      if (this.#take(',') === undefined) break;
    }
    this.#expect('}');
    return this.#factory.struct(open.offset, typeName, entries);
  }

  #literal(): Expr {
    const sign = this.#isSymbol('-') && this.#isNumber(1) ? this.#next() : undefined;
    const token = this.#next();
    const offset = sign?.offset ?? token.offset;
    const isNegative = sign !== undefined;
    switch (token.kind) {
      case 'int':
        return this.#constant(offset, intLiteral(token.text, isNegative), 'invalid int literal');
      case 'uint':
        return this.#constant(offset, isNegative ? undefined : uintLiteral(token.text), 'invalid uint literal');
      case 'double':
        return this.#constant(offset, doubleLiteral(token.text, isNegative), 'invalid double literal');
      case 'string':
        return this.#constant(offset, stringLiteral(token.text), 'invalid unicode code point');
      case 'bytes':
        return this.#constant(offset, bytesLiteral(token.text), 'unable to unescape string');
      default:
        return this.#fail(
          token.offset,
          `Syntax error: mismatched input '${shown(token)}' expecting ${expectedOperand}`,
        );
    }
  }

  #constant(offset: number, value: CallConstant, message: string): Expr {
    if (value === undefined) this.#note(offset, message);
    return this.#factory.constant(offset, value ?? null);
  }
}

type CallConstant = Parameters<ExprFactory['constant']>[1] | undefined;

/** Words that can't be a field's name; reserved ones can. */
function isKeyword({ text }: Token): boolean {
  return text === 'in' || text === 'true' || text === 'false' || text === 'null';
}

function shown(token: Token): string {
  return token.kind === 'end' ? '<EOF>' : token.text;
}
