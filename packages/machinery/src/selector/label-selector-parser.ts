/**
 * The parser of the text form of label selectors, with the grammar and the messages of `k8s.io/apimachinery/pkg/labels`.
 */
import { badRequest } from '../status/errors.ts';
import { formatFieldError } from '../status/field-errors.ts';
import type { StatusError } from '../status/status-error.ts';
import { type LabelOperator, type LabelRequirement, validateRequirement } from './label-requirement.ts';

type TokenType = 'identifier' | 'operator' | 'word-operator' | '!' | '(' | ')' | ',' | 'end';

interface Token {
  readonly type: TokenType;
  readonly text: string;
}

const TOKEN = /[ \t\r\n]*(?:(==|!=|=|!|\(|\)|,|>|<)|([^ \t\r\n=!(),><]+))?/y;
const BINARY_OPERATORS = 'in, notin, =, ==, !=, gt, lt';
const OPERATORS: Readonly<Record<string, LabelOperator>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};

/** Reads requirements in the order of the text. Throws StatusError BadRequest. */
export function parseRequirements(text: string): LabelRequirement[] {
  return new Parser(tokenize(text)).parse();
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const [, symbol, word] = TOKEN.exec(text) ?? [];
    if (symbol !== undefined) tokens.push({ type: symbolType(symbol), text: symbol });
    else if (word !== undefined) {
      tokens.push({ type: word === 'in' || word === 'notin' ? 'word-operator' : 'identifier', text: word });
    }
  }
  return tokens;
}

function symbolType(symbol: string): TokenType {
  return symbol === '(' || symbol === ')' || symbol === ',' || symbol === '!' ? symbol : 'operator';
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    if (this.#peek().type === 'end') return requirements;
    for (;;) {
      const first = this.#peek();
      if (first.type !== 'identifier' && first.type !== '!') {
        throw unexpected(
          first,
          `expected: ${requirements.length === 0 ? "!, identifier, or 'end of string'" : "identifier after ','"}`,
        );
      }
      requirements.push(this.#requirement());
      const next = this.#take();
      if (next.type === 'end') return requirements;
      if (next.type !== ',') throw unexpected(next, "expected: ',' or 'end of string'");
    }
  }

  /** `in` and `notin` are ordinary words wherever a key or a value may stand. */
  #peek(): Token {
    const token = this.#tokens[this.#at] ?? { type: 'end', text: '' };
    return token.type === 'word-operator' ? { type: 'identifier', text: token.text } : token;
  }

  #take(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #requirement(): LabelRequirement {
    const negated = this.#peek().type === '!';
    if (negated) this.#at++;
    const key = this.#take();
    if (key.type !== 'identifier') throw inRequirement(unexpectedText(key, 'expected: identifier'));
    const next = this.#peek().type;
    if (negated || next === 'end' || next === ',') return checked(key.text, negated ? '!' : 'exists', []);
    const operator = this.#operator();
    const values = operator === 'in' || operator === 'notin' ? this.#values() : [this.#exactValue()];
    return checked(key.text, operator, values);
  }

  #operator(): LabelOperator {
    const token = this.#tokens[this.#at++] ?? { type: 'end', text: '' };
    const operator = Object.hasOwn(OPERATORS, token.text) ? OPERATORS[token.text] : undefined;
    if (operator === undefined) throw inRequirement(unexpectedText(token, `expected: ${BINARY_OPERATORS}`));
    return operator;
  }

  #exactValue(): string {
    const next = this.#peek();
    if (next.type === 'end' || next.type === ',') return '';
    this.#at++;
    if (next.type !== 'identifier') throw inRequirement(unexpectedText(next, 'expected: identifier'));
    return next.text;
  }

  /** A list in parentheses; nothing between two commas is an empty value. */
  #values(): string[] {
    const open = this.#take();
    if (open.type !== '(') throw inRequirement(`found '${open.text}' expected: '('`);
    const values: string[] = [];
    if (this.#peek().type === ')') {
      this.#at++;
      return values;
    }
    for (;;) {
      const isValue = this.#peek().type === 'identifier';
      values.push(isValue ? this.#take().text : '');
      const next = this.#take();
      if (next.type === ')') return values;
      if (next.type !== ',')
        throw inRequirement(unexpectedText(next, isValue ? "expected: ',' or ')'" : "expected: ',', or identifier"));
    }
  }
}

function checked(key: string, operator: LabelOperator, values: readonly string[]): LabelRequirement {
  const requirement = { key, operator, values: [...new Set(values)].sort() };
  const [error] = validateRequirement(requirement);
  if (error !== undefined) throw inRequirement(formatFieldError(error));
  return requirement;
}

function unexpectedText(token: Token, expectation: string): string {
  return `found '${token.text}', ${expectation}`;
}

function unexpected(token: Token, expectation: string): StatusError {
  return badRequest(unexpectedText(token, expectation));
}

function inRequirement(message: string): StatusError {
  return badRequest(`unable to parse requirement: ${message}`);
}
