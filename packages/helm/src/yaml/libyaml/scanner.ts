/**
 * Cuts YAML into tokens as libyaml does (scanner.c, as go-yaml has it), for its complaints: helm's users know them, and our
 * reader has other words. Values aren't kept; what is well-formed is read by the other reader. Long, because libyaml's
 * scanner is one machine with one state: keys are only known as keys when their colon comes.
 */
import { isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, isNameCharacter, isUriCharacter } from './characters.ts';
import { LibyamlProblem, type Mark, type Token, type TokenType } from './token.ts';

/** A place where the key of a map may have begun. */
interface SimpleKey {
  possible: boolean;
  required: boolean;
  tokenNumber: number;
  mark: Mark;
}

/** Keys without `?` must be on one line, and no longer than this. */
const MAX_KEY = 1024;
const INDICATORS = '-?:,[]{}#&*!|>\'"%@`';

export class Scanner {
  readonly #characters: readonly string[];
  readonly #tokens: Token[] = [];
  readonly #indents: number[] = [];
  readonly #keys: SimpleKey[] = [];
  /** Where in `#keys` the one is that a token may get before it. */
  readonly #keyOfToken = new Map<number, number>();
  #index = 0;
  #line = 0;
  #column = 0;
  #taken = 0;
  #indent = -1;
  #flowLevel = 0;
  #keyAllowed = false;
  #started = false;

  constructor(text: string) {
    this.#characters = Array.from(text);
  }

  /** The next token, which stays. Throws LibyamlProblem. */
  peek(): Token {
    for (;;) {
      const [token] = this.#tokens;
      if (token !== undefined && !this.#mayBecomeKey()) return token;
      this.#fetch();
    }
  }

  skip(): void {
    this.#tokens.shift();
    this.#taken++;
  }

  /** The first token in the queue may get a KEY before it. */
  #mayBecomeKey(): boolean {
    const at = this.#keyOfToken.get(this.#taken);
    const key = at === undefined ? undefined : this.#keys[at];
    return key !== undefined && this.#isValid(key);
  }

  #isValid(key: SimpleKey): boolean {
    if (!key.possible) return false;
    if (key.mark.line >= this.#line && key.mark.index + MAX_KEY >= this.#index) return true;
    if (key.required) this.#fail("could not find expected ':'", key.mark);
    key.possible = false;
    return false;
  }

  #fetch(): void {
    if (!this.#started) return this.#fetchStart();
    this.#skipToToken();
    this.#unrollIndent(this.#column);
    const character = this.#at();
    if (character === '') return this.#fetchEnd();
    if (this.#column === 0) {
      if (character === '%') return this.#fetchDirective();
      if (this.#isIndicator('---')) return this.#fetchDocumentIndicator('document-start');
      if (this.#isIndicator('...')) return this.#fetchDocumentIndicator('document-end');
    }
    if (!this.#fetchPunctuation(character)) this.#fetchContent(character);
  }

  #fetchPunctuation(character: string): boolean {
    const isFlow = this.#flowLevel > 0;
    const isBeforeBlank = isBlankOrEnd(this.#at(1));
    switch (character) {
      case '[':
        this.#fetchFlowStart('flow-sequence-start');
        return true;
      case '{':
        this.#fetchFlowStart('flow-mapping-start');
        return true;
      case ']':
        this.#fetchFlowEnd('flow-sequence-end');
        return true;
      case '}':
        this.#fetchFlowEnd('flow-mapping-end');
        return true;
      case ',':
        this.#removeKey();
        this.#keyAllowed = true;
        this.#take('flow-entry');
        return true;
      case '-':
        if (isBeforeBlank) this.#fetchBlockEntry();
        return isBeforeBlank;
      case '?':
        if (isFlow || isBeforeBlank) this.#fetchKey();
        return isFlow || isBeforeBlank;
      case ':':
        if (isFlow || isBeforeBlank) this.#fetchValue();
        return isFlow || isBeforeBlank;
      default:
        return false;
    }
  }

  #fetchContent(character: string): void {
    switch (character) {
      case '*':
      case '&':
        this.#saveKey();
        this.#keyAllowed = false;
        return this.#scanAnchor(character === '*' ? 'alias' : 'anchor');
      case '!':
        this.#saveKey();
        this.#keyAllowed = false;
        return this.#scanTag();
      case '|':
      case '>':
        if (this.#flowLevel > 0) break;
        this.#removeKey();
        this.#keyAllowed = true;
        return this.#scanBlockScalar();
      case "'":
      case '"':
        this.#saveKey();
        this.#keyAllowed = false;
        return this.#scanFlowScalar(character);
    }
    if (!this.#startsPlain(character)) this.#fail('found character that cannot start any token', this.#mark());
    this.#saveKey();
    this.#keyAllowed = false;
    this.#scanPlain();
  }

  #startsPlain(character: string): boolean {
    if (!isBlankOrEnd(character) && !INDICATORS.includes(character)) return true;
    if (character === '-') return !isBlank(this.#at(1));
    return this.#flowLevel === 0 && (character === '?' || character === ':') && !isBlankOrEnd(this.#at(1));
  }

  #fetchStart(): void {
    this.#started = true;
    this.#keyAllowed = true;
    this.#keys.push(this.#noKey());
    this.#push('stream-start', this.#mark());
  }

  #fetchEnd(): void {
    if (this.#column !== 0) {
      this.#column = 0;
      this.#line++;
    }
    this.#unrollIndent(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    this.#push('stream-end', this.#mark());
  }

  #fetchDirective(): void {
    this.#unrollIndent(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    const start = this.#mark();
    this.#advance();
    let name = '';
    while (isNameCharacter(this.#at())) name += this.#advance();
    if (name === '') this.#fail('could not find expected directive name', start);
    if (!isBlankOrEnd(this.#at())) this.#fail('found unexpected non-alphabetical character', start);
    if (name !== 'YAML' && name !== 'TAG') this.#fail('found unknown directive name', start);
    while (isBlank(this.#at())) this.#advance();
    if (name === 'TAG' && this.#at() !== '!') this.#fail("did not find expected '!'", start);
    let rest = '';
    while (!isBreakOrEnd(this.#at())) rest += this.#advance();
    if (isBreak(this.#at())) this.#advanceLine();
    const [word = ''] = rest.split(/\s/);
    this.#push('directive', start, name === 'TAG' ? word : `YAML ${word}`);
  }

  #fetchDocumentIndicator(type: TokenType): void {
    this.#unrollIndent(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    const start = this.#mark();
    for (let count = 0; count < 3; count++) this.#advance();
    this.#push(type, start);
  }

  #fetchFlowStart(type: TokenType): void {
    this.#saveKey();
    this.#keys.push(this.#noKey());
    this.#flowLevel++;
    this.#keyAllowed = true;
    this.#take(type);
  }

  #fetchFlowEnd(type: TokenType): void {
    this.#removeKey();
    if (this.#flowLevel > 0) {
      this.#flowLevel--;
      const key = this.#keys.pop();
      if (key !== undefined) this.#keyOfToken.delete(key.tokenNumber);
    }
    this.#keyAllowed = false;
    this.#take(type);
  }

  #fetchBlockEntry(): void {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) this.#fail('block sequence entries are not allowed in this context', this.#mark());
      this.#rollIndent(this.#column, undefined, 'block-sequence-start', this.#mark());
    }
    this.#removeKey();
    this.#keyAllowed = true;
    this.#take('block-entry');
  }

  #fetchKey(): void {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) this.#fail('mapping keys are not allowed in this context', this.#mark());
      this.#rollIndent(this.#column, undefined, 'block-mapping-start', this.#mark());
    }
    this.#removeKey();
    this.#keyAllowed = this.#flowLevel === 0;
    this.#take('key');
  }

  #fetchValue(): void {
    const key = this.#keys.at(-1);
    if (key !== undefined && this.#isValid(key)) {
      this.#tokens.splice(key.tokenNumber - this.#taken, 0, { type: 'key', start: key.mark, text: '' });
      this.#rollIndent(key.mark.column, key.tokenNumber, 'block-mapping-start', key.mark);
      key.possible = false;
      this.#keyOfToken.delete(key.tokenNumber);
      this.#keyAllowed = false;
    } else {
      if (this.#flowLevel === 0) {
        if (!this.#keyAllowed) this.#fail('mapping values are not allowed in this context', this.#mark());
        this.#rollIndent(this.#column, undefined, 'block-mapping-start', this.#mark());
      }
      this.#keyAllowed = this.#flowLevel === 0;
    }
    this.#take('value');
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    const required = this.#flowLevel === 0 && this.#indent === this.#column;
    const tokenNumber = this.#taken + this.#tokens.length;
    this.#removeKey();
    const at = this.#keys.length - 1;
    this.#keys[at] = { possible: true, required, tokenNumber, mark: this.#mark() };
    this.#keyOfToken.set(tokenNumber, at);
  }

  #removeKey(): void {
    const key = this.#keys.at(-1);
    if (key === undefined || !key.possible) return;
    if (key.required) this.#fail("could not find expected ':'", key.mark);
    key.possible = false;
    this.#keyOfToken.delete(key.tokenNumber);
  }

  /** Of an outer level: go-yaml gives it the number of the token that opens the new one. */
  #noKey(): SimpleKey {
    const tokenNumber = this.#taken + this.#tokens.length;
    return { possible: false, required: false, tokenNumber, mark: this.#mark() };
  }

  #rollIndent(column: number, tokenNumber: number | undefined, type: TokenType, mark: Mark): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    const at = tokenNumber === undefined ? this.#tokens.length : tokenNumber - this.#taken;
    this.#tokens.splice(at, 0, { type, start: mark, text: '' });
  }

  #unrollIndent(column: number): void {
    if (this.#flowLevel > 0) return;
    while (this.#indent > column) {
      this.#push('block-end', this.#mark());
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #skipToToken(): void {
    for (;;) {
      if (this.#index === 0 && this.#at() === '\ufeff') this.#advance();
      // A tab may not indent, nor follow what begins an entry.
      while (this.#at() === ' ' || ((this.#flowLevel > 0 || !this.#keyAllowed) && this.#at() === '\t')) this.#advance();
      if (this.#at() === '#') while (!isBreakOrEnd(this.#at())) this.#advance();
      if (!isBreak(this.#at())) return;
      this.#advanceLine();
      if (this.#flowLevel === 0) this.#keyAllowed = true;
    }
  }

  #scanAnchor(type: 'alias' | 'anchor'): void {
    const start = this.#mark();
    this.#advance();
    let name = '';
    while (isNameCharacter(this.#at())) name += this.#advance();
    if (name === '' || !(isBlankOrEnd(this.#at()) || '?:,]}%@`'.includes(this.#at()))) {
      this.#fail('did not find expected alphabetic or numeric character', start);
    }
    this.#push(type, start, name);
  }

  #scanTag(): void {
    const start = this.#mark();
    let handle = '';
    if (this.#at(1) === '<') {
      this.#advance();
      this.#advance();
      this.#scanUri(start, true);
      if (this.#at() !== '>') this.#fail("did not find the expected '>'", start);
      this.#advance();
    } else {
      handle = this.#advance();
      while (isNameCharacter(this.#at())) handle += this.#advance();
      const isHandle = this.#at() === '!';
      if (isHandle) handle += this.#advance();
      // `!name` is the primary handle with a suffix; `!` alone is a tag too.
      this.#scanUri(start, isHandle);
      if (!isHandle) handle = '!';
    }
    if (!isBlankOrEnd(this.#at())) this.#fail('did not find expected whitespace or line break', start);
    this.#push('tag', start, handle);
  }

  #scanUri(start: Mark, required: boolean): void {
    let length = 0;
    for (; isUriCharacter(this.#at()); length++) {
      const isOctet = /^[0-9A-Fa-f]{2}$/.test(`${this.#at(1)}${this.#at(2)}`);
      if (this.#at() === '%' && !isOctet) this.#fail('did not find URI escaped octet', start);
      this.#advance();
    }
    if (length === 0 && required) this.#fail('did not find expected tag URI', start);
  }

  #scanBlockScalar(): void {
    const start = this.#mark();
    this.#advance();
    const isChomped = /^[+-]$/.test(this.#at());
    if (isChomped) this.#advance();
    if (this.#at() === '0') this.#fail('found an indentation indicator equal to 0', start);
    const increment = /^[1-9]$/.test(this.#at()) ? Number(this.#advance()) : 0;
    if (increment > 0 && !isChomped && /^[+-]$/.test(this.#at())) this.#advance();
    while (isBlank(this.#at())) this.#advance();
    if (this.#at() === '#') while (!isBreakOrEnd(this.#at())) this.#advance();
    if (!isBreakOrEnd(this.#at())) this.#fail('did not find expected comment or line break', start);
    if (isBreak(this.#at())) this.#advanceLine();
    const given = increment === 0 ? 0 : Math.max(this.#indent, 0) + increment;
    const indent = this.#blockBreaks(given, start);
    while (this.#column === indent && this.#at() !== '') {
      while (!isBreakOrEnd(this.#at())) this.#advance();
      if (isBreak(this.#at())) this.#advanceLine();
      this.#blockBreaks(indent, start);
    }
    this.#push('scalar', start);
  }

  /** Empty lines and indentation; gives the indentation, which is found here unless it is given. */
  #blockBreaks(indent: number, start: Mark): number {
    let widest = 0;
    for (;;) {
      while ((indent === 0 || this.#column < indent) && this.#at() === ' ') this.#advance();
      widest = Math.max(widest, this.#column);
      if ((indent === 0 || this.#column < indent) && this.#at() === '\t') {
        this.#fail('found a tab character where an indentation space is expected', start);
      }
      if (!isBreak(this.#at())) break;
      this.#advanceLine();
    }
    return indent === 0 ? Math.max(widest, this.#indent + 1, 1) : indent;
  }

  #scanFlowScalar(quote: string): void {
    const start = this.#mark();
    this.#advance();
    for (;;) {
      if (this.#column === 0 && (this.#isIndicator('---') || this.#isIndicator('...'))) {
        this.#fail('found unexpected document indicator', start);
      }
      if (this.#at() === '') this.#fail('found unexpected end of stream', start);
      if (this.#scanQuoted(quote, start)) break;
      while (isBlank(this.#at()) || isBreak(this.#at())) {
        if (isBlank(this.#at())) this.#advance();
        else this.#advanceLine();
      }
    }
    this.#advance();
    this.#push('scalar', start);
  }

  /** Up to the quote, which gives true, or to white space. */
  #scanQuoted(quote: string, start: Mark): boolean {
    while (!isBlankOrEnd(this.#at())) {
      if (quote === "'" && this.#at() === "'" && this.#at(1) === "'") {
        this.#advance();
        this.#advance();
      } else if (this.#at() === quote) {
        return true;
      } else if (quote === '"' && this.#at() === '\\' && isBreak(this.#at(1))) {
        this.#advance();
        this.#advanceLine();
        return false;
      } else if (quote === '"' && this.#at() === '\\') {
        this.#scanEscape(start);
      } else {
        this.#advance();
      }
    }
    return false;
  }

  #scanEscape(start: Mark): void {
    const character = this.#at(1);
    const length = { x: 2, u: 4, U: 8 }[character] ?? 0;
    if (length === 0 && (character === '' || !'0abt\tnvfre "\'/\\N_LP'.includes(character)))
      this.#fail('found unknown escape character', start);
    this.#advance();
    this.#advance();
    let digits = '';
    for (let count = 0; count < length; count++) {
      if (!/^[0-9A-Fa-f]$/.test(this.#at(count))) this.#fail('did not find expected hexdecimal number', start);
      digits += this.#at(count);
    }
    const code = Number.parseInt(digits, 16);
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
      this.#fail('found invalid Unicode character escape code', start);
    }
    for (let count = 0; count < length; count++) this.#advance();
  }

  #scanPlain(): void {
    const start = this.#mark();
    const indent = this.#indent + 1;
    let isAfterBreak = false;
    for (;;) {
      if (this.#column === 0 && (this.#isIndicator('---') || this.#isIndicator('...'))) break;
      if (this.#at() === '#') break;
      while (!isBlankOrEnd(this.#at()) && !this.#endsPlain()) {
        isAfterBreak = false;
        this.#advance();
      }
      if (!isBlank(this.#at()) && !isBreak(this.#at())) break;
      while (isBlank(this.#at()) || isBreak(this.#at())) {
        if (isBreak(this.#at())) {
          this.#advanceLine();
          isAfterBreak = true;
        } else {
          if (isAfterBreak && this.#column < indent && this.#at() === '\t') {
            this.#fail('found a tab character that violates indentation', start);
          }
          this.#advance();
        }
      }
      if (this.#flowLevel === 0 && this.#column < indent) break;
    }
    this.#push('scalar', start);
    if (isAfterBreak) this.#keyAllowed = true;
  }

  #endsPlain(): boolean {
    if (this.#at() === ':' && isBlankOrEnd(this.#at(1))) return true;
    return this.#flowLevel > 0 && ',?[]{}'.includes(this.#at());
  }

  #isIndicator(text: string): boolean {
    return text === `${this.#at()}${this.#at(1)}${this.#at(2)}` && isBlankOrEnd(this.#at(3));
  }

  #at(offset = 0): string {
    return this.#characters[this.#index + offset] ?? '';
  }

  #mark(): Mark {
    return { index: this.#index, line: this.#line, column: this.#column };
  }

  #advance(): string {
    const character = this.#at();
    this.#index++;
    this.#column++;
    return character;
  }

  #advanceLine(): void {
    const isPair = this.#at() === '\r' && this.#at(1) === '\n';
    this.#index += isPair ? 2 : 1;
    this.#column = 0;
    this.#line++;
  }

  /** A token of one character. */
  #take(type: TokenType): void {
    const start = this.#mark();
    this.#advance();
    this.#push(type, start);
  }

  #push(type: TokenType, start: Mark, text = ''): void {
    this.#tokens.push({ type, start, text });
  }

  #fail(problem: string, context: Mark): never {
    throw new LibyamlProblem(problem, this.#mark(), { mark: context, isScanner: true });
  }
}
