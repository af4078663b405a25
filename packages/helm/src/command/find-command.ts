/** Which command a line of words means: names and aliases among flags, and what else was perhaps meant (the library cobra). */
import { quote } from '../go/quote.ts';
import type { CommandEntry } from './command.ts';
import { CommandError } from './command-error.ts';
import type { Flag } from './flags/flag.ts';
import { takesNextWord } from './flags/parse-flags.ts';

export interface FoundCommand {
  readonly entry: CommandEntry;
  /** The names down to it, by which it is shown: `helm`, `get`, `values`. */
  readonly path: readonly string[];
  /** Flags and arguments without the names. */
  readonly words: readonly string[];
}

/** Throws CommandError when the first argument is no command. */
export function findCommand(root: CommandEntry, words: readonly string[], globals: readonly Flag[]): FoundCommand {
  let found: FoundCommand = { entry: root, path: [root.name], words };
  for (;;) {
    const at = firstArgument(found.words, globals);
    const name = found.words[at];
    const next = name === undefined ? undefined : subcommand(found.entry, name);
    if (next === undefined) {
      if (found.entry === root && name !== undefined) throw unknownCommand(root, name);
      return found;
    }
    found = { entry: next, path: [...found.path, next.name], words: found.words.toSpliced(at, 1) };
  }
}

export function subcommand(entry: CommandEntry, name: string): CommandEntry | undefined {
  return entry.subcommands?.find((each) => each.name === name || each.aliases?.includes(name) === true);
}

/** The index of the first word that is no flag and no flag's value; -1 when there is none. */
function firstArgument(words: readonly string[], globals: readonly Flag[]): number {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') return -1;
    if (!word.startsWith('-') || word === '-') {
      if (word !== '') return at;
    } else if (takesNextWord(globals, word)) at++;
  }
  return -1;
}

function unknownCommand(root: CommandEntry, name: string): CommandError {
  const similar = (root.subcommands ?? []).filter(
    (each) => each.hidden !== true && each.name !== 'help' && isSimilar(each.name, name),
  );
  const suggestions =
    similar.length === 0 ? '' : `\n\nDid you mean this?\n${similar.map((each) => `\t${each.name}\n`).join('')}`;
  return new CommandError(`unknown command ${quote(name)} for ${quote(root.name)}${suggestions}`, {
    advice: `Run '${root.name} --help' for usage.`,
  });
}

function isSimilar(name: string, typed: string): boolean {
  return name.toLowerCase().startsWith(typed.toLowerCase()) || distance(name.toLowerCase(), typed.toLowerCase()) <= 2;
}

/** Levenshtein's: how many letters must be inserted, deleted or replaced. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
