/**
 * Makes templates at random, by a grammar: text, actions with trim markers, pipelines, variables, `if`, `with`, `range`,
 * `include`, `template`, `tpl`, functions by the types of their parameters. Most of them work; in some an operand has
 * another type than it should.
 */

type Type = 'string' | 'int' | 'float' | 'bool' | 'list' | 'map' | 'any';

/** Gives numbers from 0 to below 1; the same ones for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What the templates look at; `any` stands for what may be anything. */
export const generatedValues = `text: some Text
empty: ""
number: 42
big: 1000000
fraction: 2.5
flag: true
nothing: null
list: [one, Two, 3, 4.5, true, null]
names: [web-1, api, db_2]
maps: [{name: a, port: 80}, {name: b, port: 8080.5, more: {deep: [1, x]}}]
map: {key: value, n: 7, nested: {a: {b: c}, list: [x, y]}, off: false}
template: "{{ .Values.text | upper }}-{{ len .Values.list }}"
`;

export const generatedPrelude = `{{ define "helper" }}[{{ . | toJson }}]{{ end }}
{{ define "lines" }}first: {{ kindOf . }}
second: "{{ . | toString | trunc 8 }}"
{{ end }}
{{ define "scoped" }}{{ $x := "inner" }}{{ with . }}{{ $x = printf "%v" . }}{{ end }}{{ $x }}{{ end }}
`;

const PATHS: Readonly<Record<Type, readonly string[]>> = {
  string: ['text', 'empty', 'map.key', 'map.nested.a.b', 'template'],
  int: [],
  float: ['number', 'big', 'fraction', 'map.n'],
  bool: ['flag', 'map.off'],
  list: ['list', 'names', 'maps', 'map.nested.list'],
  map: ['map', 'map.nested', 'map.nested.a'],
  any: ['text', 'number', 'flag', 'nothing', 'list', 'map', 'missing', 'fraction', 'map.missing'],
};

const LITERALS: Readonly<Record<Type, readonly string[]>> = {
  string: ['"a"', '"x y"', '`raw "q"`', '"é\\n"', '""', '"%v-%d"', '"web-1"', '"1.2.3"'],
  int: ['0', '1', '-3', '12', '0x1F', "'a'"],
  float: ['1.5', '0.0', '1e6', '-2.25'],
  bool: ['true', 'false'],
  list: ['list', '(list 1 "a" 2.5)'],
  map: ['dict', '(dict "k" "v" "n" 1)'],
  any: ['"s"', '3', '2.5', 'true', '(list)', '(dict "k" (list 1))'],
};

/** Functions by what they give; each with the types of its arguments. */
const FUNCTIONS: Readonly<Record<Type, readonly (readonly [string, ...Type[]])[]>> = {
  string: [
    ...(
      ['upper', 'lower', 'title', 'trim', 'quote', 'squote', 'b64enc', 'sha256sum', 'snakecase', 'kebabcase'] as const
    ).map((name) => [name, 'string'] as const),
    ...(['toString', 'toJson', 'toYaml', 'kindOf', 'typeOf', 'print', 'quote', 'html', 'toPrettyJson'] as const).map(
      (name) => [name, 'any'] as const,
    ),
    ['trunc', 'int', 'string'],
    ['trimSuffix', 'string', 'string'],
    ['trimPrefix', 'string', 'string'],
    ['trimAll', 'string', 'string'],
    ['replace', 'string', 'string', 'string'],
    ['printf', 'string', 'any', 'any'],
    ['printf "%v|%s|%d"', 'any', 'string', 'int'],
    ['printf "%5.2f|%q|%-6v|"', 'float', 'string', 'any'],
    ['indent 2', 'string'],
    ['nindent 4', 'string'],
    ['cat', 'any', 'string', 'any'],
    ['print', 'any', 'any'],
    ['join', 'string', 'list'],
    ['include "helper"', 'any'],
    ['include "lines"', 'any'],
    ['include "scoped"', 'any'],
    ['tpl "{{ . | toJson }}"', 'any'],
    ['tpl $.Values.template', 'any'],
    ['abbrev 6', 'string'],
    ['repeat 2', 'string'],
    ['regexReplaceAll "[a-c]+"', 'string', 'string'],
    ['ternary "yes" "no"', 'bool'],
    ['default', 'string', 'string'],
    ['required "it must be there"', 'string'],
  ],
  int: [
    ['len', 'list'],
    ['len', 'string'],
    ['len', 'map'],
    ['add', 'any', 'int'],
    ['sub', 'int', 'any'],
    ['mul', 'int', 'int'],
    ['div', 'any', 'int'],
    ['mod', 'int', 'any'],
    ['int', 'any'],
    ['int64', 'any'],
    ['max', 'int', 'any'],
    ['min', 'int', 'int'],
    ['add1', 'int'],
    ['atoi', 'string'],
  ],
  float: [
    ['float64', 'any'],
    ['floor', 'float'],
    ['ceil', 'any'],
    ['round', 'float', 'int'],
    ['addf', 'float', 'any'],
    ['mulf', 'float', 'float'],
    ['maxf', 'float', 'float'],
  ],
  bool: [
    ['eq', 'string', 'string'],
    ['ne', 'int', 'int'],
    ['lt', 'float', 'float'],
    ['ge', 'int', 'int'],
    ['eq', 'any', 'any'],
    ['not', 'any'],
    ['empty', 'any'],
    ['contains', 'string', 'string'],
    ['hasPrefix', 'string', 'string'],
    ['has', 'any', 'list'],
    ['hasKey', 'map', 'string'],
    ['kindIs "string"', 'any'],
    ['kindIs "map"', 'any'],
    ['regexMatch "^[a-z0-9-]+$"', 'string'],
    ['semverCompare ">=1.2.0"', 'string'],
    ['deepEqual', 'any', 'any'],
    ['and', 'any', 'bool'],
    ['or', 'bool', 'any'],
    ['any', 'any', 'any'],
    ['all', 'any', 'any'],
  ],
  list: [
    ['list', 'any', 'any', 'any'],
    ['append', 'list', 'any'],
    ['prepend', 'list', 'any'],
    ['concat', 'list', 'list'],
    ['uniq', 'list'],
    ['rest', 'list'],
    ['initial', 'list'],
    ['reverse', 'list'],
    ['compact', 'list'],
    ['without', 'list', 'any'],
    ['sortAlpha', 'list'],
    ['splitList', 'string', 'string'],
    ['until 3 | concat', 'list'],
    ['slice', 'list', 'int'],
    ['chunk 2', 'list'],
    ['keys $.Values.map | sortAlpha | append', 'any'],
    ['fromJsonArray', 'string'],
  ],
  map: [
    ['dict "a"', 'any'],
    ['dict "one"', 'any', 'string', 'any'],
    ['merge (dict)', 'map', 'map'],
    ['mergeOverwrite (dict)', 'map', 'map'],
    ['deepCopy', 'map'],
    ['omit', 'map', 'string'],
    ['pick', 'map', 'string', 'string'],
    ['set (dict "z" 1)', 'string', 'any'],
    ['merge (fromYaml "{a: {b: [1, x]}, c: 1e3}")', 'map'],
    ['split "-"', 'string'],
  ],
  any: [
    ['default', 'any', 'any'],
    ['coalesce', 'any', 'any', 'any'],
    ['first', 'list'],
    ['last', 'list'],
    ['get', 'map', 'string'],
    ['dig "a" "b"', 'any', 'map'],
    ['ternary', 'any', 'any', 'bool'],
    ['index', 'map', 'string'],
    ['index $.Values.list', 'int'],
    ['and', 'any', 'any'],
    ['or', 'any', 'any', 'any'],
    ['fromJson', 'string'],
  ],
};

const TYPES: readonly Type[] = ['string', 'int', 'float', 'bool', 'list', 'map', 'any'];
const TEXTS = [' ', '\n', 'text', ' - ', ': ', '\n  ', 'a{b}c', '"quoted"', '<no value>', '\t', 'é'];

/** A variable that may be used here. Its dot-free name, and its type if that is known. */
interface Variable {
  readonly name: string;
  readonly type: Type;
}

export class TemplateGenerator {
  readonly #random: () => number;
  #variables: Variable[] = [];
  #names = 0;
  #loops = 0;

  constructor(seed: number) {
    this.#random = randomNumbers(seed);
  }

  /** A template that may stand in a definition. Its dot is that of the chart. */
  template(): string {
    this.#variables = [{ name: '$', type: 'map' }];
    // The chart's own dot holds pointers, which Go prints as addresses.
    return `{{- with .Values.map }}${this.#body(3)}{{ end -}}`;
  }

  #body(depth: number): string {
    const mark = this.#variables.length;
    const count = 1 + this.#below(depth + 1);
    let text = '';
    for (let each = 0; each < count; each++) text += this.#piece(depth);
    this.#variables.length = mark;
    return text;
  }

  #piece(depth: number): string {
    const roll = this.#random();
    if (roll < 0.15) return this.#pick(TEXTS);
    if (depth === 0 || roll < 0.55) return this.#action(this.#pipeline(this.#pick(TYPES), 2));
    if (roll < 0.65) return this.#declaration();
    if (roll < 0.78) return this.#conditional(depth);
    if (roll < 0.86) return this.#with(depth);
    if (roll < 0.96) return this.#range(depth);
    if (roll < 0.98) return this.#action(`template "helper" ${this.#argument('any', 1)}`);
    return '{{/* a comment */}}';
  }

  #action(inside: string): string {
    return `{{${this.#chance(0.2) ? '-' : ''} ${inside} ${this.#chance(0.2) ? '-' : ''}}}`;
  }

  #declaration(): string {
    const own = this.#variables.filter(({ name }) => name !== '$');
    if (own.length > 0 && this.#chance(0.4)) {
      const { name, type } = this.#pick(own);
      return this.#action(`${name} = ${this.#pipeline(type, 2)}`);
    }
    const type = this.#pick(TYPES);
    const text = this.#pipeline(type, 2);
    const name = `$v${this.#names++ % 5}`;
    this.#variables.push({ name, type });
    return this.#action(`${name} := ${text}`);
  }

  #conditional(depth: number): string {
    let text = this.#action(`if ${this.#pipeline(this.#chance(0.6) ? 'bool' : 'any', 2)}`) + this.#body(depth - 1);
    if (this.#chance(0.3)) text += this.#action(`else if ${this.#pipeline('bool', 1)}`) + this.#body(depth - 1);
    if (this.#chance(0.5)) text += this.#action('else') + this.#body(depth - 1);
    return text + this.#action('end');
  }

  #with(depth: number): string {
    const mark = this.#variables.length;
    const type = this.#pick(TYPES);
    let head = this.#pipeline(type, 2);
    if (this.#chance(0.3)) {
      const name = `$w${this.#names++ % 3}`;
      head = `${name} := ${head}`;
      this.#variables.push({ name, type });
    }
    let text = this.#action(`with ${head}`) + this.#body(depth - 1);
    if (this.#chance(0.4)) text += this.#action('else') + this.#body(depth - 1);
    this.#variables.length = mark;
    return text + this.#action('end');
  }

  #range(depth: number): string {
    const mark = this.#variables.length;
    const over = this.#pick<Type>(['list', 'list', 'map', 'any']);
    let head =
      over === 'any' ? this.#pick(['3', 'until 2', '$.Values.maps', '$.Values.nothing']) : this.#pipeline(over, 1);
    const roll = this.#random();
    if (roll < 0.3) {
      head = `$e := ${head}`;
      this.#variables.push({ name: '$e', type: 'any' });
    } else if (roll < 0.6 && head !== '3') {
      head = `$i, $e := ${head}`;
      this.#variables.push({ name: '$i', type: over === 'map' ? 'string' : 'any' }, { name: '$e', type: 'any' });
    }
    this.#loops++;
    let body = this.#body(depth - 1);
    if (this.#chance(0.25)) {
      const leave = this.#action(this.#pick(['break', 'continue']));
      body += this.#action(`if ${this.#pipeline('bool', 1)}`) + leave + this.#action('end') + this.#body(depth - 1);
    }
    this.#loops--;
    this.#variables.length = mark;
    const otherwise = this.#chance(0.3) ? this.#action('else') + this.#body(depth - 1) : '';
    return this.#action(`range ${head}`) + body + otherwise + this.#action('end');
  }

  /** Something of the type, maybe by a pipeline. */
  #pipeline(type: Type, depth: number): string {
    if (depth === 0 || this.#chance(0.25)) return this.#operand(type);
    const [name, ...parameters] = this.#pick(FUNCTIONS[type]);
    const last = parameters.at(-1);
    if (last === undefined) return name;
    const args = parameters.slice(0, -1).map((each) => this.#argument(each, depth - 1));
    if (name.includes('|') || this.#chance(0.5)) {
      return `${[name, ...args, this.#argument(last, depth - 1)].join(' ')}`;
    }
    return `${this.#pipeline(this.#disturbed(last), depth - 1)} | ${[name, ...args].join(' ')}`;
  }

  /** The same where an argument may stand. */
  #argument(type: Type, depth: number): string {
    const wanted = this.#disturbed(type);
    if (depth <= 0 || this.#chance(0.6)) return this.#operand(wanted);
    return `(${this.#pipeline(wanted, depth)})`;
  }

  #disturbed(type: Type): Type {
    return this.#chance(0.015) ? this.#pick(TYPES) : type;
  }

  #operand(type: Type): string {
    const variables = this.#variables.filter((each) => each.type === type && each.name !== '$');
    if (variables.length > 0 && this.#chance(0.4)) return this.#pick(variables).name;
    if (type === 'any' && this.#chance(0.15)) return this.#loops > 0 || this.#chance(0.3) ? '.' : '$.Release.Name';
    const paths = PATHS[type];
    if (paths.length > 0 && this.#chance(0.6)) return `$.Values.${this.#pick(paths)}`;
    return this.#pick(LITERALS[type]);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #pick<T>(items: readonly T[]): T {
    const item = items[this.#below(items.length)];
    if (item === undefined) throw new Error('there is nothing to choose from');
    return item;
  }
}
