/**
 * Helm's engine: all templates of a chart and its dependencies share one set of names; files are parsed deepest first, so
 * that a parent's definitions win, and rendered one by one. `include`, `tpl` and `lookup` live here.
 */

import { type FunctionProviders, functionTable } from '../functions/function-table.ts';
import { basePath } from '../functions/paths.ts';
import { type GeneratorMemory, stableGenerators } from '../functions/stable-generators.ts';
import { compareText } from '../go/compare-text.ts';
import { fn } from '../go/define-function.ts';
import { FunctionError } from '../go/function-error.ts';
import { quote } from '../go/quote.ts';
import { type GoFunction, GoMap, type GoValue } from '../go/value.ts';
import {
  type EnteredTemplate,
  type Environment,
  TEMPLATE_FUNCTIONS,
  type TemplateFunction,
} from '../template/environment.ts';
import { executeTemplate } from '../template/execute.ts';
import { ExecutionError } from '../template/execution-error.ts';
import {
  type Budget,
  DEFAULT_LIMITS,
  isStackOverflow,
  LimitError,
  type Limits,
  newBudget,
} from '../template/limits.ts';
import { isEmptyList, type Template } from '../template/node.ts';
import { TemplateParseError } from '../template/parse-error.ts';
import { TemplateCache } from '../template/template-cache.ts';
import { fromExecutionError, fromParseError, RenderError } from './render-error.ts';

/** A template file and what its dot is. Files of one chart share their data. */
export interface TemplateFile {
  /** `chart/templates/x.yaml` */
  readonly name: string;
  readonly source: string;
  readonly data: GoMap;
  /** `chart/templates` */
  readonly basePath: string;
}

/** Answers `lookup`: the object, a list for an empty name; undefined when there is none. Throws FunctionError. */
export type Lookup = (apiVersion: string, kind: string, namespace: string, name: string) => GoValue;

export interface EngineOptions extends FunctionProviders {
  readonly lookup?: Lookup;
  readonly limits?: Limits;
  /** Instead of the functions of the same names. */
  readonly replacements?: Readonly<Record<string, GoFunction>>;
  /** For a render that is watched. */
  readonly tracing?: Tracing;
  /** What random functions gave the last time; without it they give something else each time. */
  readonly generators?: GeneratorMemory;
  /** Templates that are parsed already, of whoever renders more than once; without it a render parses all of its own. */
  readonly templates?: TemplateCache;
}

/** What a second render, whose purpose is to explain, does differently. A plain render has none of it. */
export interface Tracing {
  /** Rewrites each parsed template, so that it calls the functions below while it runs. */
  readonly instrument: (template: Template) => Template;
  /** Further functions, by names that no template can write. */
  readonly functions: ReadonlyMap<string, GoFunction>;
  /** Takes what is wrong with a file; the other files are rendered nevertheless. */
  readonly failed: (file: string, error: RenderError) => void;
}

/** The text of each file that isn't a partial, by name. Throws RenderError. */
export function renderTemplates(files: readonly TemplateFile[], options: EngineOptions): Map<string, string> {
  return new Engine(options).render(files);
}

/** How often one name may be included inside itself. */
const MAX_INCLUDED = 1000;
const NO_VALUE = '<no value>';
/** What it takes to parse a text that `tpl` is given, beside what is in it. */
const STEPS_OF_TEXT = 100;
const ROOT_NAME = 'gotpl';

/** The names that a template sees. Those that a text given to `tpl` defines hide others while it runs. */
interface Scope {
  readonly templates: Map<string, Template>;
  readonly parent: Scope | undefined;
}

class Engine {
  readonly #functions: Map<string, GoFunction>;
  readonly #tracing: Tracing | undefined;
  readonly #budget: Budget;
  readonly #included = new Map<string, number>();
  /** The file that is rendered, and the names that are included in each other. */
  #file = '';
  readonly #inclusions: string[] = [];
  readonly #templates: TemplateCache;
  /** Of this render, as they are run: they may be instrumented. */
  readonly #parsedTexts = new Map<string, Map<string, Template>>();

  constructor(options: EngineOptions) {
    this.#functions = functionTable(options);
    this.#functions.set(
      'lookup',
      fn(['string', 'string', 'string', 'string'], (apiVersion, kind, namespace, name) => {
        return options.lookup?.(apiVersion, kind, namespace, name) ?? new GoMap();
      }),
    );
    // Calls of these run templates; the table only says that they are there, and what they take.
    for (const name of TEMPLATE_FUNCTIONS) {
      this.#functions.set(
        name,
        fn(['string', 'any'], () => ''),
      );
    }
    const replacements = [...this.#stableGenerators(options), ...Object.entries(options.replacements ?? {})];
    const mayShare =
      options.tracing === undefined && replacements.every(([name, other]) => this.#takesSame(name, other));
    this.#templates = (mayShare ? options.templates : undefined) ?? new TemplateCache();
    for (const [name, other] of replacements) this.#functions.set(name, other);
    this.#budget = newBudget(options.limits ?? DEFAULT_LIMITS);
    this.#tracing = options.tracing;
    for (const [name, traced] of options.tracing?.functions ?? []) this.#functions.set(name, traced);
  }

  #stableGenerators({ generators: memory, crypto, time }: EngineOptions): Map<string, GoFunction> {
    if (memory === undefined || crypto === undefined) return new Map();
    return stableGenerators(this.#functions, {
      memory,
      position: () => [this.#file, ...this.#inclusions.slice(-1)].join('>'),
      now: () => Number(time.now() / 1_000_000n),
      crypto,
    });
  }

  /** Steps are made for the parameters that functions have. */
  #takesSame(name: string, other: GoFunction): boolean {
    const known = this.#functions.get(name);
    return known !== undefined && known.rest === other.rest && known.parameters.join() === other.parameters.join();
  }

  render(files: readonly TemplateFile[]): Map<string, string> {
    const sorted = [...files].sort((a, b) => compareDepth(b.name, a.name));
    const scope: Scope = { templates: new Map(), parent: undefined };
    for (const file of sorted) this.#attempt(file, () => this.#define(scope, this.#parseFile(file)));
    const environment = this.#environment(scope);
    const rendered = new Map<string, string>();
    for (const file of sorted) {
      if (basePath(file.name).startsWith('_')) continue;
      this.#attempt(file, () => rendered.set(file.name, this.#renderFile(file, environment)));
    }
    return rendered;
  }

  /** The first error ends a render, unless it is one that looks for all of them. */
  #attempt({ name }: TemplateFile, step: () => void): void {
    if (this.#tracing === undefined) return step();
    try {
      step();
    } catch (error) {
      if (!(error instanceof RenderError)) throw error;
      this.#tracing.failed(name, error);
    }
  }

  #parse(name: string, text: string): Map<string, Template> {
    const templates = this.#templates.templates(name, text, (each) => this.#functions.has(each));
    const instrument = this.#tracing?.instrument;
    if (instrument === undefined) return templates;
    return new Map([...templates].map(([key, template]) => [key, instrument(template)]));
  }

  #parseFile(file: TemplateFile): Map<string, Template> {
    try {
      return this.#parse(file.name, file.source);
    } catch (error) {
      if (error instanceof TemplateParseError) throw fromParseError(error);
      throw error;
    }
  }

  /** A definition replaces an earlier one of the same name, unless it is empty. */
  #define(scope: Scope, templates: ReadonlyMap<string, Template>): void {
    for (const [name, template] of templates) {
      if (!scope.templates.has(name) || !isEmptyList(template.root)) scope.templates.set(name, template);
    }
  }

  #renderFile(file: TemplateFile, environment: Environment): string {
    file.data.set(
      'Template',
      new GoMap([
        ['Name', file.name],
        ['BasePath', file.basePath],
      ]),
    );
    const template = environment.lookUpTemplate(file.name);
    if (template === undefined) return '';
    this.#included.clear();
    this.#file = file.name;
    this.#inclusions.length = 0;
    try {
      return executeTemplate(template, file.data, environment).replaceAll(NO_VALUE, '');
    } catch (error) {
      if (error instanceof ExecutionError) throw fromExecutionError(error);
      if (error instanceof LimitError) throw new RenderError(`${file.name}: ${error.message}`, { cause: error });
      if (isStackOverflow(error))
        throw new RenderError(`${file.name}: templates are nested too deeply`, { cause: error });
      throw error;
    }
  }

  #environment(scope: Scope): Environment {
    const environment: Environment = {
      functions: this.#functions,
      budget: this.#budget,
      lookUpTemplate: (name) => {
        for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
          const template = at.templates.get(name);
          if (template !== undefined) return template;
        }
        return undefined;
      },
      templateFunctions: new Map([
        ['include', this.#include(() => environment)],
        ['tpl', this.#tpl(scope, () => environment)],
      ]),
    };
    return environment;
  }

  #include(environment: () => Environment): TemplateFunction {
    const leave = (name: string): void => {
      this.#included.set(name, (this.#included.get(name) ?? 1) - 1);
      this.#inclusions.pop();
    };
    return {
      enter: (name) => {
        const template = environment().lookUpTemplate(name);
        const active = this.#included.get(name) ?? 0;
        if (active > MAX_INCLUDED) {
          const problem = `rendering template has a nested reference name: ${name}`;
          throw new FunctionError(`${problem}: unable to execute template`);
        }
        if (template === undefined) {
          throw new FunctionError(`template: no template ${quote(name)} associated with template "${ROOT_NAME}"`);
        }
        this.#included.set(name, active + 1);
        this.#inclusions.push(name);
        return { template, environment: environment() };
      },
      leave: (name, output) => {
        leave(name);
        return output;
      },
      failed: (name, error) => {
        leave(name);
        return error;
      },
    };
  }

  /** `tpl`: renders a text as a template; what it defines is only seen inside it. */
  #tpl(scope: Scope, environment: () => Environment): TemplateFunction {
    return {
      enter: (text): EnteredTemplate | string => {
        if (!text.includes('{{')) return text.replaceAll(NO_VALUE, '');
        const templates = this.#parseText(text);
        const template = templates.get(ROOT_NAME);
        if (template === undefined) return '';
        return { template, environment: this.#innerEnvironment(templates, scope, environment()) };
      },
      leave: (_text, output) => output.replaceAll(NO_VALUE, ''),
      failed: (text, error) => {
        const message = `error during tpl function execution for ${quote(text)}: ${error.message}`;
        return new FunctionError(message, { cause: error });
      },
    };
  }

  #innerEnvironment(templates: ReadonlyMap<string, Template>, scope: Scope, environment: Environment): Environment {
    const inner: Scope = { templates: new Map(), parent: scope };
    for (const [name, template] of templates) {
      const hides = !isEmptyList(template.root) || environment.lookUpTemplate(name) === undefined;
      if (name !== ROOT_NAME && hides) inner.templates.set(name, template);
    }
    return inner.templates.size === 0 ? environment : this.#environment(inner);
  }

  #parseText(text: string): Map<string, Template> {
    const known = this.#parsedTexts.get(text);
    if (known !== undefined) return known;
    this.#budget.steps -= STEPS_OF_TEXT + text.length;
    if (this.#budget.steps < 0) throw new LimitError('the templates take more steps than are allowed');
    try {
      const templates = this.#parse(ROOT_NAME, text);
      this.#parsedTexts.set(text, templates);
      return templates;
    } catch (error) {
      if (!(error instanceof TemplateParseError)) throw error;
      throw new FunctionError(`cannot parse template ${quote(text)}: ${error.message}`, { cause: error });
    }
  }
}

/** Shallow paths first, those of one depth in order. */
function compareDepth(a: string, b: string): number {
  return a.split('/').length - b.split('/').length || compareText(a, b);
}
