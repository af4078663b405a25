/** `helm help [COMMAND]`. */
import { quote } from '../../go/quote.ts';
import type { Command, CommandEntry } from '../command.ts';
import { subcommandWords } from '../completion/subcommand-words.ts';
import { subcommand } from '../find-command.ts';
import { helpText, usageText } from '../help.ts';
import { helpSubject } from '../run-command.ts';

export const helpCommand: Command = {
  usage: '[command]',
  long: 'Shows what a command does and takes: helm help COMMAND.',
  complete: async ({ root }, args) => {
    let entry: CommandEntry | undefined = root;
    for (const name of args) entry = entry === undefined ? undefined : subcommand(entry, name);
    return { words: entry === undefined ? [] : subcommandWords(entry) };
  },
  run: async (context, args) => {
    let entry = context.root;
    const path = [entry.name];
    for (const name of args) {
      const next = subcommand(entry, name);
      if (next === undefined) break;
      entry = next;
      path.push(next.name);
    }
    const subject = await helpSubject(entry, path, context);
    if (args.length > 0 && entry === context.root) {
      const topic = args.map((arg) => backQuoted(arg)).join(' ');
      context.streams.errors.write(`Unknown help topic [${topic}]\n${usageText(subject)}`);
      return 0;
    }
    context.streams.output.write(helpText(subject));
    return 0;
  },
};

/** Go's `%#q`. */
function backQuoted(text: string): string {
  return text.includes('`') ? quote(text) : `\`${text}\``;
}
