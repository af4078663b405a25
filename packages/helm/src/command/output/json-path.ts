/**
 * `--jsonpath`: a template whose braces hold JSONPath expressions, `{range …}…{end}` and quoted texts, as kubectl's
 * `-o jsonpath` (Kubernetes documentation, "JSONPath Support").
 */
import { evaluateJsonPath, parseJsonPath } from '@kindred/schema';
import { encodeGoJson } from '../../go/json.ts';
import { floatText } from '../../go/number-text.ts';
import type { GoValue } from '../../go/value.ts';
import { CommandError } from '../command-error.ts';

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'range'; readonly path: string; readonly body: readonly Part[] };

/** Throws CommandError for a template that is wrong. */
export function runJsonPath(template: string, data: GoValue): string {
  const reader = new TemplateReader(template);
  const parts = reader.parts(false);
  const root: unknown = JSON.parse(encodeGoJson(data));
  return execute(parts, root);
}

function execute(parts: readonly Part[], current: unknown): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      const found = evaluate(part.path, current);
      if (part.kind === 'path') return found.map(shown).join(' ');
      return found.map((item) => execute(part.body, item)).join('');
    })
    .join('');
}

function evaluate(path: string, current: unknown): unknown[] {
  if (path === '@' || path === '$') return [current];
  const parsed = parseJsonPath(path.replace(/^[@$]/, ''));
  return parsed === undefined ? [] : evaluateJsonPath(parsed, current);
}

function shown(value: unknown): string {
  if (typeof value === 'number') return floatText(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

class TemplateReader {
  readonly #template: string;
  #at = 0;

  constructor(template: string) {
    this.#template = template;
  }

  /** Up to the end of the template, or of the range. */
  parts(isInRange: boolean): Part[] {
    const parts: Part[] = [];
    while (this.#at < this.#template.length) {
      const open = this.#template.indexOf('{', this.#at);
      const text = this.#template.slice(this.#at, open < 0 ? undefined : open);
      if (text !== '') parts.push({ kind: 'text', text });
      this.#at = open < 0 ? this.#template.length : open + 1;
      if (open < 0) break;
      const action = this.#action();
      if (action === 'end') {
        if (isInRange) return parts;
        this.#fail('not in range, nothing to end');
      }
      parts.push(this.#part(action));
    }
    if (isInRange) this.#fail('unterminated range');
    return parts;
  }

  #part(action: string): Part {
    const quoted = /^(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')$/s.exec(action);
    if (quoted !== null) return { kind: 'text', text: unescape(quoted[1] ?? quoted[2] ?? '') };
    const range = /^range\s+(.*)$/s.exec(action)?.[1];
    const path = range ?? action;
    if (path !== '@' && path !== '$' && parseJsonPath(path.replace(/^[@$]/, '')) === undefined) {
      this.#fail(`unrecognized expression ${path}`);
    }
    if (range !== undefined) return { kind: 'range', path: range, body: this.parts(true) };
    return { kind: 'path', path };
  }

  /** The text between braces; those inside quotes don't count. */
  #action(): string {
    let quote = '';
    for (let at = this.#at; at < this.#template.length; at++) {
      const each = this.#template[at] ?? '';
      if (quote !== '') {
        if (each === '\\') at++;
        else if (each === quote) quote = '';
      } else if (each === '"' || each === "'") quote = each;
      else if (each === '}') {
        const action = this.#template.slice(this.#at, at).trim();
        this.#at = at + 1;
        return action;
      }
    }
    return this.#fail('unclosed action');
  }

  #fail(problem: string): never {
    throw new CommandError(`error parsing jsonpath ${this.#template}: ${problem}`);
  }
}

function unescape(text: string): string {
  return text.replace(/\\(.)/gs, (_all, letter: string) => ({ n: '\n', t: '\t', r: '\r' })[letter] ?? letter);
}
