/** Help texts in the layout that cobra gives helm's. */
import type { Command, CommandEntry } from './command.ts';
import type { Flag } from './flags/flag.ts';
import { flagUsages } from './flags/flag-usage.ts';

export interface HelpSubject {
  readonly entry: CommandEntry;
  readonly path: readonly string[];
  /** Absent for a group. */
  readonly command: Command | undefined;
  /** The command's own flags, --help among them. */
  readonly flags: readonly Flag[];
  readonly globals: readonly Flag[];
}

export function helpFlag(name: string): Flag {
  return { kind: 'bool', name: 'help', short: 'h', usage: `help for ${name}` };
}

export function usageLine({ path, command }: Pick<HelpSubject, 'path' | 'command'>): string {
  const usage = command?.usage === undefined ? '' : ` ${command.usage}`;
  return `${path.join(' ')}${usage} [flags]`;
}

export function helpText(subject: HelpSubject): string {
  const text = subject.command?.long ?? subject.entry.long ?? subject.entry.short;
  return `${text.trimEnd()}\n\n${usageText(subject)}`;
}

/** Everything below the description. */
export function usageText(subject: HelpSubject): string {
  const { entry, path, command, globals } = subject;
  const isRoot = path.length === 1;
  const shown = (entry.subcommands ?? []).filter((each) => each.hidden !== true);
  const name = path.join(' ');
  const sections = [
    `Usage:\n${command === undefined ? '' : `  ${usageLine(subject)}\n`}${shown.length === 0 ? '' : `  ${name} [command]\n`}`,
    entry.aliases === undefined ? '' : `Aliases:\n  ${[entry.name, ...entry.aliases].join(', ')}\n`,
    command?.example === undefined ? '' : `Examples:\n${command.example}\n`,
    shown.length === 0 ? '' : `Available Commands:\n${commandList(shown)}`,
    `Flags:\n${flagUsages(isRoot ? [...subject.flags, ...globals] : subject.flags)}`,
    isRoot ? '' : `Global Flags:\n${flagUsages(globals)}`,
    shown.length === 0 ? '' : `Use "${name} [command] --help" for more information about a command.\n`,
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function commandList(commands: readonly CommandEntry[]): string {
  const width = Math.max(11, ...commands.map((each) => each.name.length));
  return commands
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((each) => `  ${each.name.padEnd(width)} ${each.short}\n`)
    .join('');
}
