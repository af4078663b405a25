/**
 * Parses the text of a template file into trees: the file itself and each `define` and `block` in it
 * (Go's text/template/parse, with its messages).
 */
import { quote, unquote } from '../go/quote.ts';
import { lex } from './lex.ts';
import { type Command, isEmptyList, type List, type Node, type Operand, type Pipe, type Template } from './node.ts';
import { parseNumber } from './number-literal.ts';
import { TemplateParseError } from './parse-error.ts';
import type { Token, TokenType } from './token.ts';

/** Answers which functions there are. */
export type HasFunction = (name: string) => boolean;

/** Control structures and parentheses may be nested this deep. */
const MAX_NESTING = 500;

/** What a text says, whatever file it stands in. Never changed once it is there: renders share it. */
export interface ParsedSource {
  readonly source: string;
  /** How many there are, a measure of the memory that the trees take. */
  readonly tokens: number;
  /** What the file itself writes. */
  readonly root: List;
  /** Each `define` and `block`, by name. */
  readonly definitions: ReadonlyMap<string, List>;
}

/** All templates of the file, by name. Throws TemplateParseError. */
export function parseTemplates(file: string, source: string, hasFunction: HasFunction): Map<string, Template> {
  return templatesOf(file, parseSource(file, source, hasFunction));
}

/** Parses the text; errors name the file. Throws TemplateParseError. */
export function parseSource(file: string, source: string, hasFunction: HasFunction): ParsedSource {
  return new Parser(file, source, hasFunction).parseFile();
}

/** The templates of a file with that text. */
export function templatesOf(file: string, { source, root, definitions }: ParsedSource): Map<string, Template> {
  const templates = new Map<string, Template>();
  for (const [name, list] of definitions) templates.set(name, { name, file, source, root: list });
  const own = definitions.get(file);
  if (own === undefined || isEmptyList(own)) templates.set(file, { name: file, file, source, root });
  return templates;
}

type End = { readonly type: 'end' | 'else'; readonly keyword?: 'if' | 'with'; readonly position: number };

function isEnd(node: Node | End): node is End {
  return node.type === 'end' || node.type === 'else';
}

class Parser {
  readonly #file: string;
  readonly #source: string;
  readonly #tokens: readonly Token[];
  readonly #hasFunction: HasFunction;
  readonly #definitions = new Map<string, List>();
  #next = 0;
  /** The last token that was looked at, which is where Go reports errors. */
  #seen = 0;
  #variables = ['$'];
  #rangeDepth = 0;
  #nesting = 0;
  #actionLine = 0;

  constructor(file: string, source: string, hasFunction: HasFunction) {
    this.#file = file;
    this.#source = source;
    this.#tokens = lex(source);
    this.#hasFunction = hasFunction;
  }

  parseFile(): ParsedSource {
    const root: Node[] = [];
    while (this.#peek().type !== 'eof') {
      if (this.#peek().type === 'leftDelim' && this.#isDefine()) {
        this.#parseDefinition();
        continue;
      }
      const node = this.#textOrAction();
      if (isEnd(node)) this.#error(`unexpected {{${node.type}}}`);
      root.push(node);
    }
    // A definition may have the name of its file.
    if (!isEmptyList(root) && !this.#mayReplace(this.#file)) this.#refuse(this.#file);
    return { source: this.#source, tokens: this.#tokens.length, root, definitions: this.#definitions };
  }

  #isDefine(): boolean {
    const at = this.#tokens[this.#next + 1]?.type === 'space' ? this.#next + 2 : this.#next + 1;
    const token = this.#tokens[at];
    return token?.type === 'keyword' && token.text === 'define';
  }

  #parseDefinition(): void {
    this.#take();
    this.#takeNonSpace();
    const context = 'define clause';
    const name = this.#expect(['string', 'rawString'], context);
    this.#expect(['rightDelim'], context);
    this.#add(this.#unquote(name), this.#definitionBody(context));
  }

  /** The body of a define or a block, up to its end: sees no variables from outside. */
  #definitionBody(context: string): List {
    const [variables, rangeDepth] = [this.#variables, this.#rangeDepth];
    [this.#variables, this.#rangeDepth] = [['$'], 0];
    const { list, end } = this.#itemList();
    if (end.type !== 'end') this.#error(`unexpected {{${end.type}}} in ${context}`);
    [this.#variables, this.#rangeDepth] = [variables, rangeDepth];
    return list;
  }

  /** Only an empty definition is replaced, and by an empty one none. */
  #add(name: string, root: List): void {
    if (this.#mayReplace(name)) this.#definitions.set(name, root);
    else if (!isEmptyList(root)) this.#refuse(name);
  }

  #refuse(name: string): never {
    return this.#error(`template: multiple definition of template ${quote(name)}`);
  }

  #mayReplace(name: string): boolean {
    const existing = this.#definitions.get(name);
    return existing === undefined || isEmptyList(existing);
  }

  #itemList(): { list: Node[]; end: End } {
    const list: Node[] = [];
    while (this.#peekNonSpace().type !== 'eof') {
      const node = this.#textOrAction();
      if (isEnd(node)) return { list, end: node };
      list.push(node);
    }
    this.#error('unexpected EOF');
  }

  #textOrAction(): Node | End {
    const token = this.#takeNonSpace();
    if (token.type === 'text') return { type: 'text', text: token.text, position: token.position };
    if (token.type !== 'leftDelim') this.#unexpected(token, 'input');
    this.#actionLine = token.line;
    try {
      return this.#action();
    } finally {
      this.#actionLine = 0;
    }
  }

  #action(): Node | End {
    const token = this.#takeNonSpace();
    if (token.type === 'keyword') {
      switch (token.text) {
        case 'block':
          return this.#block();
        case 'break':
        case 'continue':
          return this.#loopControl(token, token.text);
        case 'else':
          return this.#else(token);
        case 'end':
          return { type: 'end', position: this.#expect(['rightDelim'], 'end').position };
        case 'if':
        case 'with':
        case 'range':
          return this.#branch(token.text);
        case 'template':
          return this.#templateCall();
      }
    }
    this.#next--;
    const position = this.#peek().position;
    return { type: 'action', pipe: this.#pipeline('command', 'rightDelim'), position };
  }

  #loopControl(keyword: Token, type: 'break' | 'continue'): Node {
    const token = this.#takeNonSpace();
    if (token.type !== 'rightDelim') this.#unexpected(token, `{{${type}}}`);
    if (this.#rangeDepth === 0) this.#error(`{{${type}}} outside {{range}}`);
    return { type, position: keyword.position };
  }

  #else(keyword: Token): End {
    const peek = this.#peekNonSpace();
    if (peek.type === 'keyword' && (peek.text === 'if' || peek.text === 'with')) {
      return { type: 'else', keyword: peek.text, position: keyword.position };
    }
    return { type: 'else', position: this.#expect(['rightDelim'], 'else').position };
  }

  #branch(type: 'if' | 'with' | 'range'): Node {
    this.#enter();
    const outer = this.#variables.length;
    const pipe = this.#pipeline(type, 'rightDelim');
    if (type === 'range') this.#rangeDepth++;
    const { list, end } = this.#itemList();
    if (type === 'range') this.#rangeDepth--;
    const elseList = end.type === 'else' ? this.#elseList(type, end) : undefined;
    this.#variables.length = outer;
    this.#nesting--;
    return { type, pipe, list, elseList, position: pipe.position };
  }

  #elseList(type: 'if' | 'with' | 'range', end: End): List {
    if (end.keyword !== undefined && end.keyword === type) {
      this.#take();
      return [this.#branch(type)];
    }
    const { list, end: close } = this.#itemList();
    if (close.type !== 'end') this.#error(`expected end; found {{${close.type}}}`);
    return list;
  }

  #block(): Node {
    const context = 'block clause';
    const token = this.#expect(['string', 'rawString'], context);
    const name = this.#unquote(token);
    const pipe = this.#pipeline(context, 'rightDelim');
    this.#add(name, this.#definitionBody(context));
    return { type: 'template', name, quoted: quote(name), pipe, position: token.position };
  }

  #templateCall(): Node {
    const context = 'template clause';
    const token = this.#expect(['string', 'rawString'], context);
    const name = this.#unquote(token);
    const done = this.#peekNonSpace().type === 'rightDelim';
    if (done) this.#takeNonSpace();
    const pipe = done ? undefined : this.#pipeline(context, 'rightDelim');
    return { type: 'template', name, quoted: quote(name), pipe, position: token.position };
  }

  #pipeline(context: string, end: TokenType): Pipe {
    this.#enter();
    const { position } = this.#peekNonSpace();
    const { declarations, isAssignment } = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#takeNonSpace();
      if (token.type === end) break;
      if (!startsOperand(token)) this.#unexpected(token, context);
      this.#next--;
      commands.push(this.#command());
    }
    this.#checkPipeline(commands, context);
    this.#nesting--;
    return { type: 'pipe', declarations, isAssignment, commands, position };
  }

  #declarations(context: string): { declarations: string[]; isAssignment: boolean } {
    const declarations: string[] = [];
    for (;;) {
      const variable = this.#peekNonSpace();
      if (variable.type !== 'variable') return { declarations, isAssignment: false };
      const start = this.#next;
      this.#take();
      const next = this.#peekNonSpace();
      if (next.type === 'assign' || next.type === 'declare') {
        this.#takeNonSpace();
        declarations.push(variable.text);
        this.#variables.push(variable.text);
        return { declarations, isAssignment: next.type === 'assign' };
      }
      if (next.type !== 'char' || next.text !== ',') {
        this.#next = start;
        return { declarations, isAssignment: false };
      }
      this.#takeNonSpace();
      declarations.push(variable.text);
      this.#variables.push(variable.text);
      this.#checkMoreDeclarations(context, declarations.length);
    }
  }

  #checkMoreDeclarations(context: string, count: number): void {
    if (context !== 'range' || count >= 2) this.#error(`too many declarations in ${context}`);
    if (!['variable', 'rightDelim', 'rightParen'].includes(this.#peekNonSpace().type)) {
      this.#error('range can only initialize variables');
    }
  }

  #checkPipeline(commands: readonly Command[], context: string): void {
    if (commands.length === 0) this.#error(`missing value for ${context}`);
    commands.forEach((command, index) => {
      const type = command.args[0]?.type ?? 'nil';
      if (index > 0 && ['bool', 'dot', 'nil', 'number', 'string'].includes(type)) {
        this.#error(`non executable command in pipeline stage ${index + 1}`);
      }
    });
  }

  #command(): Command {
    const { position } = this.#peekNonSpace();
    const args: Operand[] = [];
    for (;;) {
      this.#peekNonSpace();
      const operand = this.#operand();
      if (operand !== undefined) args.push(operand);
      const token = this.#take();
      if (token.type === 'space') continue;
      if (token.type === 'rightDelim' || token.type === 'rightParen') this.#next--;
      else if (token.type !== 'pipe') this.#unexpected(token, 'operand');
      break;
    }
    if (args.length === 0) this.#error('empty command');
    return { type: 'command', args, position };
  }

  #operand(): Operand | undefined {
    const node = this.#term();
    if (node === undefined || this.#peek().type !== 'field') return node;
    const { position } = this.#peek();
    const names: string[] = [];
    while (this.#peek().type === 'field') names.push(this.#take().text.slice(1));
    switch (node.type) {
      case 'field':
      case 'variable':
        return { type: node.type, names: [...node.names, ...names], position };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot': {
        const text = node.type === 'string' ? node.quoted : this.#source.slice(node.position, position);
        return this.#error(`unexpected . after term ${quote(text)}`);
      }
      default:
        return { type: 'chain', node, names, position };
    }
  }

  #term(): Operand | undefined {
    const token = this.#takeNonSpace();
    const { position, text } = token;
    switch (token.type) {
      case 'identifier':
        if (!this.#hasFunction(text)) this.#error(`function ${quote(text)} not defined`);
        return { type: 'identifier', name: text, position };
      case 'variable': {
        if (!this.#variables.includes(text)) this.#error(`undefined variable ${quote(text)}`);
        return { type: 'variable', names: [text], position };
      }
      case 'field':
        return { type: 'field', names: [text.slice(1)], position };
      case 'bool':
        return { type: 'bool', value: text === 'true', position };
      case 'number':
      case 'charConstant': {
        const value = parseNumber(text);
        if (value === undefined) {
          this.#error(token.type === 'number' ? badNumber(text) : `malformed character constant: ${text}`);
        }
        return { type: 'number', text, value, position };
      }
      case 'leftParen':
        return this.#pipeline('parenthesized pipeline', 'rightParen');
      case 'string':
      case 'rawString':
        return { type: 'string', quoted: text, text: this.#unquote(token), position };
      case 'keyword':
        if (text === '.') return { type: 'dot', position };
        if (text === 'nil') return { type: 'nil', position };
    }
    this.#next--;
    return undefined;
  }

  #unquote(token: Token): string {
    return unquote(token.text) ?? this.#error('invalid syntax');
  }

  #enter(): void {
    if (++this.#nesting > MAX_NESTING) this.#error(`nesting deeper than ${MAX_NESTING} levels`);
  }

  #peek(): Token {
    this.#seen = Math.max(this.#seen, this.#next);
    return this.#tokens[this.#next] ?? this.#last();
  }

  #last(): Token {
    return this.#tokens.at(-1) ?? { type: 'eof', text: '', position: 0, line: 1 };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #peekNonSpace(): Token {
    if (this.#peek().type === 'space') this.#next++;
    return this.#peek();
  }

  #takeNonSpace(): Token {
    this.#peekNonSpace();
    return this.#take();
  }

  #expect(types: readonly TokenType[], context: string): Token {
    const token = this.#takeNonSpace();
    if (!types.includes(token.type)) this.#unexpected(token, context);
    return token;
  }

  #unexpected(token: Token, context: string): never {
    if (token.type !== 'error') this.#error(`unexpected ${tokenText(token)} in ${context}`);
    let extra = '';
    if (this.#actionLine !== 0 && this.#actionLine !== token.line) {
      extra = ` in action started at ${this.#file}:${this.#actionLine}`;
      if (token.text.endsWith(' action')) extra = extra.slice(' in action'.length);
    }
    this.#error(token.text + extra);
  }

  #error(message: string): never {
    const token = this.#tokens[this.#seen] ?? this.#last();
    throw new TemplateParseError(this.#file, token.line, message, token.position);
  }
}

function startsOperand(token: Token): boolean {
  if (token.type === 'keyword') return token.text === '.' || token.text === 'nil';
  return [
    'bool',
    'charConstant',
    'field',
    'identifier',
    'number',
    'rawString',
    'string',
    'variable',
    'leftParen',
  ].includes(token.type);
}

function badNumber(text: string): string {
  return /^[+-]?[\d_]+$/.test(text) && parseNumber(text.replaceAll('_', '')) === undefined
    ? `integer overflow: ${quote(text)}`
    : `bad number syntax: ${quote(text)}`;
}

function tokenText(token: Token): string {
  if (token.type === 'eof') return 'EOF';
  if (token.type === 'keyword') return `<${token.text}>`;
  return Array.from(token.text).length > 10
    ? `${quote(Array.from(token.text).slice(0, 10).join(''))}...`
    : quote(token.text);
}
