/**
 * Parsed templates by their content, for those who render more than once: a controller, a language server, a command that
 * renders again with the answers of lookups. What stands in it is never changed, and the steps that it is compiled to last as
 * long as it does (execute.ts); which definitions there are is put together by each render.
 */

import type { Template } from './node.ts';
import { type HasFunction, type ParsedSource, parseSource, templatesOf } from './parse.ts';

export interface TemplateCacheOptions {
  /** Memory for the trees and steps of templates, estimated; those used longest ago go first. */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/** What a token costs as part of trees and steps, about: measured with charts of many subcharts and with many texts. */
const BYTES_PER_TOKEN = 200;

/**
 * @example
 * const templates = new TemplateCache();
 * for (const values of each) renderChart(chart, values, { ...nodeProviders(), release, templates });
 */
export class TemplateCache {
  readonly #maxBytes: number;
  /** By content, however many files have it; the one used last comes last. */
  readonly #sources = new Map<string, ParsedSource>();
  #bytes = 0;

  constructor({ maxBytes = DEFAULT_MAX_BYTES }: TemplateCacheOptions = {}) {
    this.#maxBytes = maxBytes;
  }

  /** What it takes, estimated. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many different texts it knows. */
  get size(): number {
    return this.#sources.size;
  }

  /**
   * All templates of the file, by name. Of all who share a cache the functions must have the same names, and those of one
   * name the same parameters.
   *
   * @throws TemplateParseError; a text with an error isn't kept, since the message names the file
   */
  templates(file: string, source: string, hasFunction: HasFunction): Map<string, Template> {
    const known = this.#sources.get(source);
    // Whether a file may define its own name depends on the name.
    const parsed = known === undefined || known.definitions.has(file) ? parseSource(file, source, hasFunction) : known;
    this.#use(parsed);
    return templatesOf(file, parsed);
  }

  #use(parsed: ParsedSource): void {
    const cost = costOf(parsed);
    if (cost > this.#maxBytes) return;
    if (this.#sources.delete(parsed.source)) this.#bytes -= cost;
    this.#sources.set(parsed.source, parsed);
    this.#bytes += cost;
    for (const oldest of this.#sources.values()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#sources.delete(oldest.source);
      this.#bytes -= costOf(oldest);
    }
  }
}

function costOf({ source, tokens }: ParsedSource): number {
  return source.length + tokens * BYTES_PER_TOKEN;
}
