/** Rules for the number of arguments, with helm's messages. */
import { quote } from '../go/quote.ts';
import { CommandError } from './command-error.ts';

export interface CommandUsage {
  /** The full name, `helm get values`. */
  readonly path: string;
  /** The usage line. */
  readonly line: string;
}

/** Throws CommandError when the number is wrong. */
export type ArgumentRule = (args: readonly string[], usage: CommandUsage) => void;

export const noArguments: ArgumentRule = (args, usage) => {
  if (args.length > 0) refuse(usage, 'accepts no arguments');
};

export function exactArguments(count: number): ArgumentRule {
  return (args, usage) => {
    if (args.length !== count) refuse(usage, `requires ${count} ${plural(count)}`);
  };
}

export function minimumArguments(count: number): ArgumentRule {
  return (args, usage) => {
    if (args.length < count) refuse(usage, `requires at least ${count} ${plural(count)}`);
  };
}

export function maximumArguments(count: number): ArgumentRule {
  return (args, usage) => {
    if (args.length > count) refuse(usage, `accepts at most ${count} ${plural(count)}`);
  };
}

function plural(count: number): string {
  return count === 1 ? 'argument' : 'arguments';
}

function refuse({ path, line }: CommandUsage, problem: string): never {
  throw new CommandError(`${quote(path)} ${problem}\n\nUsage:  ${line}`);
}
