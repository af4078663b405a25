/**
 * Reads flags and arguments as pflag does: `--name value`, `--name=value`, `-n value`, `-nvalue`, `-n=value`, several
 * bools together (`-Aq`), flags between arguments, `--` before what are only arguments.
 */
import { quoteRune } from '../../go/quote.ts';
import { CommandError } from '../command-error.ts';
import { bareValue, type Flag } from './flag.ts';
import { readFlagValue } from './flag-value.ts';
import type { FlagValue } from './flag-values.ts';

export interface ParsedFlags {
  /** What is no flag, in order. */
  readonly args: readonly string[];
  /** Values of the flags that were given. */
  readonly given: ReadonlyMap<string, FlagValue>;
  /** Flags that were given and shouldn't be any more. */
  readonly deprecated: readonly Flag[];
}

/** Throws CommandError for the first flag that is unknown or has a wrong value. */
export function parseFlags(flags: readonly Flag[], words: readonly string[]): ParsedFlags {
  const parser = new FlagParser(flags, words);
  parser.run();
  return parser;
}

class FlagParser implements ParsedFlags {
  readonly args: string[] = [];
  readonly given = new Map<string, FlagValue>();
  readonly deprecated: Flag[] = [];
  readonly #byName: ReadonlyMap<string, Flag>;
  readonly #byShort: ReadonlyMap<string, Flag>;
  readonly #words: readonly string[];
  #at = 0;

  constructor(flags: readonly Flag[], words: readonly string[]) {
    this.#byName = new Map(flags.map((flag) => [flag.name, flag]));
    this.#byShort = new Map(flags.map((flag) => [flag.short ?? '', flag]));
    this.#words = words;
  }

  run(): void {
    while (this.#at < this.#words.length) {
      const word = this.#words[this.#at++] ?? '';
      if (!word.startsWith('-') || word === '-') this.args.push(word);
      else if (word === '--') {
        this.args.push(...this.#words.slice(this.#at));
        return;
      } else if (word.startsWith('--')) this.#long(word);
      else this.#short(word);
    }
  }

  #long(word: string): void {
    const body = word.slice(2);
    if (/^[-=]/.test(body)) throw new CommandError(`bad flag syntax: ${word}`);
    const equals = body.indexOf('=');
    const name = equals < 0 ? body : body.slice(0, equals);
    const flag = this.#byName.get(name);
    if (flag === undefined) throw new CommandError(`unknown flag: --${name}`);
    const value = equals < 0 ? (bareValue(flag) ?? this.#next()) : body.slice(equals + 1);
    if (value === undefined) throw new CommandError(`flag needs an argument: ${word}`);
    this.#set(flag, value);
  }

  #short(word: string): void {
    for (let letters = word.slice(1); letters !== ''; ) {
      const [letter = ''] = letters;
      const rest = letters.slice(letter.length);
      const flag = this.#byShort.get(letter);
      if (flag === undefined) {
        throw new CommandError(`unknown shorthand flag: ${quoteRune(letter.codePointAt(0) ?? 0)} in -${letters}`);
      }
      const bare = bareValue(flag);
      if (rest.length > 1 && rest.startsWith('=')) {
        this.#set(flag, rest.slice(1));
        return;
      }
      if (bare !== undefined) {
        this.#set(flag, bare);
        letters = rest;
        continue;
      }
      const value = rest === '' ? this.#next() : rest;
      if (value === undefined)
        throw new CommandError(`flag needs an argument: ${quoteRune(letter.charCodeAt(0))} in -${letters}`);
      this.#set(flag, value);
      return;
    }
  }

  #next(): string | undefined {
    return this.#words[this.#at++];
  }

  #set(flag: Flag, text: string): void {
    this.given.set(flag.name, readFlagValue(flag, text, this.given.get(flag.name)));
    if (flag.deprecated !== undefined) this.deprecated.push(flag);
  }
}

/** Whether the next word belongs to this one, which begins with `-`: used to find the command among flags. */
export function takesNextWord(flags: readonly Flag[], word: string): boolean {
  if (word.includes('=')) return false;
  const isLong = word.startsWith('--');
  if (!isLong && word.length !== 2) return false;
  const flag = flags.find(({ name, short }) => (isLong ? name === word.slice(2) : short === word.slice(1)));
  return flag === undefined || bareValue(flag) === undefined;
}
