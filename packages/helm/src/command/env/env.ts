/** `helm env [NAME]`: the settings as lines `NAME="value"`, or the value of one. */
import { quote } from '../../go/quote.ts';
import { maximumArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { environmentVariables } from './variables.ts';

export const envCommand: Command = {
  long: 'Prints the settings that commands use, as environment variables.',
  arguments: maximumArguments(1),
  complete: async (context, args) => ({
    words: args.length === 0 ? Object.keys(await environmentVariables(context)).sort() : [],
  }),
  run: async (context, [name]) => {
    const { output } = context.streams;
    const all = await environmentVariables(context);
    if (name !== undefined) output.write(`${all[name] ?? ''}\n`);
    else for (const key of Object.keys(all).sort()) output.write(`${key}=${quote(all[key] ?? '')}\n`);
    return 0;
  },
};
