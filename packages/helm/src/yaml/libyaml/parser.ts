/**
 * Checks the order of tokens as libyaml does (parser.c), up to the end of the first document, which is all that helm reads
 * of a text; nodes come in the order in which go-yaml builds them, so that the first problem is the same one.
 */
import { Scanner } from './scanner.ts';
import { LibyamlProblem, type Mark, type Token, type TokenType } from './token.ts';

/** Less than go-yaml allows, and more than our reader does. */
const MAX_DEPTH = 1000;

/** Where the first document ends, in characters. Throws LibyamlProblem for the first thing that is wrong in it. */
export function checkDocument(text: string): number {
  return new Parser(new Scanner(text)).checkStream();
}

class Parser {
  readonly #scanner: Scanner;
  readonly #anchors = new Set<string>();
  #handles = new Set<string>();
  #depth = 0;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
  }

  checkStream(): number {
    this.#skip();
    if (!this.#is('stream-end')) this.#document();
    return this.#peek().start.index;
  }

  #document(): void {
    this.#handles = new Set(['!', '!!']);
    for (; this.#is('directive'); this.#skip()) {
      const { text, start } = this.#peek();
      if (text.startsWith('YAML ') && text !== 'YAML 1.1') this.#fail('found incompatible YAML document', start);
      this.#handles.add(text);
    }
    if (this.#is('document-start')) {
      this.#skip();
      if (this.#is('directive', 'document-start', 'document-end', 'stream-end')) return;
    } else if (this.#handles.size > 2) {
      this.#fail('did not find expected <document start>', this.#peek().start);
    }
    this.#node(true, false);
  }

  #node(isBlock: boolean, isIndentless: boolean): void {
    if (++this.#depth > MAX_DEPTH) this.#fail('exceeded max depth of 10000', this.#peek().start);
    this.#content(isBlock, isIndentless);
    this.#depth--;
  }

  #content(isBlock: boolean, isIndentless: boolean): void {
    const { start } = this.#peek();
    if (this.#is('alias')) return this.#alias();
    const hasProperties = this.#properties(start);
    const { type } = this.#peek();
    if (isIndentless && type === 'block-entry') return this.#indentlessSequence();
    switch (type) {
      case 'scalar':
        return this.#skip();
      case 'flow-sequence-start':
        return this.#flowSequence();
      case 'flow-mapping-start':
        return this.#flowMapping();
      case 'block-sequence-start':
        if (isBlock) return this.#blockSequence();
        break;
      case 'block-mapping-start':
        if (isBlock) return this.#blockMapping();
    }
    if (!hasProperties) this.#fail('did not find expected node content', this.#peek().start, start);
  }

  #alias(): void {
    const { text, start } = this.#peek();
    if (!this.#anchors.has(text)) {
      // go-yaml's own complaint, which has no line.
      const unknown: Mark = { index: start.index, line: 0, column: start.column };
      this.#fail(`unknown anchor '${text}' referenced`, unknown, unknown);
    }
    this.#skip();
  }

  /** An anchor and a tag, in any order; true when there is one. */
  #properties(start: Mark): boolean {
    let found = false;
    for (const type of this.#is('tag') ? (['tag', 'anchor'] as const) : (['anchor', 'tag'] as const)) {
      if (!this.#is(type)) continue;
      found = true;
      const token = this.#peek();
      this.#skip();
      if (type === 'anchor') this.#anchors.add(token.text);
      else if (token.text !== '' && !this.#handles.has(token.text)) {
        this.#fail('found undefined tag handle', token.start, start);
      }
    }
    return found;
  }

  #blockSequence(): void {
    const { start } = this.#take();
    while (this.#is('block-entry')) {
      this.#skip();
      if (!this.#is('block-entry', 'block-end')) this.#node(true, false);
    }
    if (!this.#is('block-end')) this.#fail("did not find expected '-' indicator", this.#peek().start, start);
    this.#skip();
  }

  #indentlessSequence(): void {
    while (this.#is('block-entry')) {
      this.#skip();
      if (!this.#is('block-entry', 'key', 'value', 'block-end')) this.#node(true, false);
    }
  }

  #blockMapping(): void {
    const { start } = this.#take();
    while (this.#is('key')) {
      this.#skip();
      if (!this.#is('key', 'value', 'block-end')) this.#node(true, true);
      if (!this.#is('value')) continue;
      this.#skip();
      if (!this.#is('key', 'value', 'block-end')) this.#node(true, true);
    }
    if (!this.#is('block-end')) this.#fail('did not find expected key', this.#peek().start, start);
    this.#skip();
  }

  #flowSequence(): void {
    const { start } = this.#take();
    for (let isFirst = true; !this.#is('flow-sequence-end'); isFirst = false) {
      if (!isFirst) {
        if (!this.#is('flow-entry')) this.#fail("did not find expected ',' or ']'", this.#peek().start, start);
        this.#skip();
      }
      if (this.#is('key')) this.#pair();
      else if (!this.#is('flow-sequence-end')) this.#node(false, false);
    }
    this.#skip();
  }

  /** `[a: b]` */
  #pair(): void {
    this.#skip();
    if (this.#is('value', 'flow-entry', 'flow-sequence-end')) {
      // libyaml takes one token too many here.
      this.#skip();
    } else {
      this.#node(false, false);
    }
    if (!this.#is('value')) return;
    this.#skip();
    if (!this.#is('flow-entry', 'flow-sequence-end')) this.#node(false, false);
  }

  #flowMapping(): void {
    const { start } = this.#take();
    for (let isFirst = true; !this.#is('flow-mapping-end'); isFirst = false) {
      if (!isFirst) {
        if (!this.#is('flow-entry')) this.#fail("did not find expected ',' or '}'", this.#peek().start, start);
        this.#skip();
      }
      if (this.#is('key')) {
        this.#skip();
        if (!this.#is('value', 'flow-entry', 'flow-mapping-end')) this.#node(false, false);
        if (!this.#is('value')) continue;
        this.#skip();
        if (!this.#is('flow-entry', 'flow-mapping-end')) this.#node(false, false);
      } else if (!this.#is('flow-mapping-end')) {
        this.#node(false, false);
      }
    }
    this.#skip();
  }

  #peek(): Token {
    return this.#scanner.peek();
  }

  #is(...types: readonly TokenType[]): boolean {
    return types.includes(this.#peek().type);
  }

  #take(): Token {
    const token = this.#peek();
    this.#skip();
    return token;
  }

  #skip(): void {
    this.#peek();
    this.#scanner.skip();
  }

  #fail(problem: string, mark: Mark, context: Mark = mark): never {
    throw new LibyamlProblem(problem, mark, { mark: context, isScanner: false });
  }
}
