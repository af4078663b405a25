/** What arguments of commands complete to that need no look at anything: nothing, or the name of one file. */
import type { Completion } from '../command.ts';

export async function completeNothing(): Promise<Completion> {
  return { words: [] };
}

export async function completeOneFile(_context: unknown, args: readonly string[]): Promise<Completion> {
  return { words: [], files: args.length === 0 };
}
