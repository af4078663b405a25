/**
 * Follows the values of a chart through its templates without running them: through variables, `with`, `range`, `include`
 * with its argument, `dict`, `index` and `get`. What can't be followed counts as use of everything that went there.
 */
import {
  type Command,
  isEmptyList,
  type List,
  type Node,
  type Operand,
  type Pipe,
  type Template,
} from '../template/node.ts';
import { parseTemplates } from '../template/parse.ts';
import { TemplateParseError } from '../template/parse-error.ts';
import { type AbstractValue, abstractKey, element, markUse, markWhole, member, UNKNOWN } from './abstract-value.ts';
import { functionEffect } from './function-effects.ts';
import { newUsage, type Usage } from './usage.ts';

export interface TemplateUsage {
  readonly usage: Usage;
  /** False when a template is included by a name that is only known while running: there may be uses beyond these. */
  readonly isComplete: boolean;
  /** Where templates name each value. */
  readonly places: ReadonlyMap<Usage, readonly UsePlace[]>;
}

/** A name in a template that stands for a value. */
export interface UsePlace {
  /** The file, as it was given. */
  readonly file: string;
  /** Where the operand stands, as errors point at it: an offset in the file's source. */
  readonly position: number;
}

/** A template file of the chart whose values are of interest, or of a chart whose definitions it may include. */
export interface AnalysedFile {
  readonly name: string;
  readonly source: string;
  /** Rendered with the chart's own values; others only give definitions. */
  readonly isOwn: boolean;
}

/** Included templates may be nested this deep. */
const MAX_DEPTH = 60;
/** Definitions may be entered with many different arguments; charts of hundreds of templates have some 100,000 nodes. */
const MAX_NODES = 10_000_000;

/** Parses a file, or takes it from where it is kept. Throws TemplateParseError. */
export type ParseTemplates = (file: string, source: string) => ReadonlyMap<string, Template>;

const parseLeniently: ParseTemplates = (file, source) => parseTemplates(file, source, () => true);

export function analyseTemplates(
  files: readonly AnalysedFile[],
  texts: readonly string[] = [],
  parse: ParseTemplates = parseLeniently,
): TemplateUsage {
  const analysis = new Analysis(parse);
  for (const file of files) analysis.define(file.name, file.source);
  for (const file of files) if (file.isOwn) analysis.run(file.name);
  for (const text of texts) analysis.runText(text);
  return { usage: analysis.usage, isComplete: analysis.isComplete, places: analysis.places };
}

/** What the variables and the dot of one template are. */
interface Scope {
  readonly file: string;
  readonly dot: AbstractValue;
  readonly variables: Map<string, AbstractValue>;
}

class Analysis {
  readonly usage = newUsage();
  readonly places = new Map<Usage, UsePlace[]>();
  isComplete = true;
  readonly #templates = new Map<string, Template>();
  readonly #done = new Set<string>();
  readonly #ids = new Map<Usage, number>();
  readonly #parse: ParseTemplates;
  #depth = 0;
  #nodes = 0;

  constructor(parse: ParseTemplates) {
    this.#parse = parse;
  }

  define(name: string, source: string): void {
    for (const [each, template] of parseOrNothing(this.#parse, name, source)) {
      if (!this.#templates.has(each) || !isEmptyList(template.root)) this.#templates.set(each, template);
    }
  }

  run(name: string): void {
    this.#call(name, this.#context());
  }

  runText(text: string): void {
    const main = parseOrNothing(this.#parse, 'text', text).get('text');
    if (main !== undefined) this.#template(main, this.#context());
  }

  #context(): AbstractValue {
    return { kind: 'context', values: this.usage };
  }

  #call(name: string, dot: AbstractValue): void {
    const template = this.#templates.get(name);
    if (template === undefined) return;
    const key = `${name} ${abstractKey(dot, (usage) => this.#id(usage))}`;
    // To know what was done already takes the more, the more the argument holds.
    this.#nodes += key.length;
    if (this.#done.has(key) || this.#depth > MAX_DEPTH) return;
    this.#done.add(key);
    this.#template(template, dot);
  }

  #id(usage: Usage): number {
    const known = this.#ids.get(usage) ?? this.#ids.size;
    this.#ids.set(usage, known);
    return known;
  }

  #template(template: Template, dot: AbstractValue): void {
    this.#depth++;
    this.#list(template.root, { file: template.file, dot, variables: new Map([['$', dot]]) });
    this.#depth--;
  }

  #list(list: List, scope: Scope): void {
    this.#nodes += list.length;
    if (this.#nodes > MAX_NODES) {
      this.isComplete = false;
      return;
    }
    for (const node of list) this.#node(node, scope);
  }

  #node(node: Node, scope: Scope): void {
    switch (node.type) {
      case 'action': {
        const value = this.#pipe(node.pipe, scope);
        if (node.pipe.declarations.length === 0) markUse(value, 'scalar');
        return;
      }
      case 'template':
        this.#call(node.name, node.pipe === undefined ? UNKNOWN : this.#pipe(node.pipe, scope));
        return;
      case 'if':
      case 'with':
      case 'range': {
        const inner: Scope = { ...scope, variables: new Map(scope.variables) };
        const value = this.#pipe(node.pipe, inner);
        markUse(value, node.type === 'range' ? 'iterated' : 'condition');
        const dot = node.type === 'if' ? scope.dot : node.type === 'with' ? value : element(value);
        const variable = node.pipe.declarations.at(-1);
        if (node.type === 'range' && variable !== undefined) inner.variables.set(variable, dot);
        this.#list(node.list, { ...inner, dot });
        // What is assigned inside is seen behind; which branch ran is not known.
        for (const name of scope.variables.keys()) scope.variables.set(name, inner.variables.get(name) ?? UNKNOWN);
        if (node.elseList !== undefined) this.#list(node.elseList, scope);
        return;
      }
      default:
        return;
    }
  }

  #pipe(pipe: Pipe, scope: Scope): AbstractValue {
    let value: AbstractValue | undefined;
    for (const command of pipe.commands) value = this.#command(command, value, scope);
    const result = value ?? UNKNOWN;
    for (const name of pipe.declarations) scope.variables.set(name, result);
    return result;
  }

  #command(command: Command, piped: AbstractValue | undefined, scope: Scope): AbstractValue {
    const [first, ...rest] = command.args;
    if (first === undefined) return UNKNOWN;
    if (first.type !== 'identifier') {
      const value = this.#operand(first, scope);
      // Arguments of a method, such as `.Files.Get`.
      for (const arg of rest) markUse(this.#operand(arg, scope), 'scalar');
      return value;
    }
    const args = rest.map((operand) => this.#operand(operand, scope));
    return this.#function(first.name, piped === undefined ? args : [...args, piped]);
  }

  #function(name: string, args: readonly AbstractValue[]): AbstractValue {
    if (name === 'include') {
      const [template, dot = UNKNOWN] = args;
      if (template?.kind === 'text') this.#call(template.text, dot);
      else {
        this.isComplete = false;
        markWhole(dot);
      }
      return UNKNOWN;
    }
    if (name === 'tpl') {
      const [text, context] = args;
      if (text?.kind === 'text') this.runText(text.text);
      else if (text !== undefined) markUse(text, 'template');
      // What the text may do with the context is not known; texts among the values are analysed by themselves.
      if (context?.kind === 'value') markUse(context, 'whole');
      return UNKNOWN;
    }
    return functionEffect(name, args);
  }

  #operand(operand: Operand, scope: Scope): AbstractValue {
    switch (operand.type) {
      case 'dot':
        return scope.dot;
      case 'field':
        return this.#note(follow(scope.dot, operand.names), operand.position, scope.file);
      case 'variable': {
        const [name = '$', ...names] = operand.names;
        return this.#note(follow(scope.variables.get(name) ?? UNKNOWN, names), operand.position, scope.file);
      }
      case 'chain':
        return this.#note(follow(this.#operand(operand.node, scope), operand.names), operand.position, scope.file);
      case 'pipe':
        return this.#pipe(operand, scope);
      case 'string':
        return { kind: 'text', text: operand.text };
      case 'identifier':
        return this.#function(operand.name, []);
      default:
        return UNKNOWN;
    }
  }

  #note(value: AbstractValue, position: number, file: string): AbstractValue {
    if (value.kind === 'choice') for (const each of value.options) this.#note(each, position, file);
    if (value.kind !== 'value') return value;
    const places = this.places.get(value.usage) ?? [];
    if (!places.some((each) => each.position === position && each.file === file)) places.push({ file, position });
    this.places.set(value.usage, places);
    return value;
  }
}

function follow(start: AbstractValue, names: readonly string[]): AbstractValue {
  return names.reduce(member, start);
}

function parseOrNothing(parse: ParseTemplates, name: string, source: string): ReadonlyMap<string, Template> {
  try {
    return parse(name, source);
  } catch (error) {
    // A file that can't be parsed has its own error, which a render reports.
    if (error instanceof TemplateParseError) return new Map();
    throw error;
  }
}
