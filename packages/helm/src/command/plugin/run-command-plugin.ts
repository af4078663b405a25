/** A plugin of type cli/v1 as a command: its arguments are its own, helm's global flags among them are helm's. */
import type { Plugin } from '../../plugins/plugin.ts';
import { runPlugin } from '../../plugins/run-plugin.ts';
import type { Command, CommandContext } from '../command.ts';
import type { Flag } from '../flags/flag.ts';
import { flagValues } from '../flags/flag-values.ts';
import { parseFlags, takesNextWord } from '../flags/parse-flags.ts';
import { globalFlags, settingsOf } from '../settings.ts';
import { runOptions } from './plugin-context.ts';

export function pluginCommand(plugin: Plugin): Command {
  return {
    long: plugin.long,
    takesRawArguments: true,
    run: async (context, words) => {
      const { own, rest } = splitGlobals(words, globalFlags(context.environment));
      const changed = withGlobals(context, own);
      const code = await runPlugin(plugin, rest, await runOptions(changed));
      if (code !== 0) context.streams.errors.write(`Error: plugin "${plugin.name}" exited with error\n`);
      return code;
    },
  };
}

/** Global flags that plugins leave to helm. */
const PASSED_BY = new Set([
  'debug',
  'kube-context',
  'namespace',
  'kubeconfig',
  'kube-apiserver',
  'kube-token',
  'kube-as-user',
  'kube-as-group',
  'kube-ca-file',
  'kube-insecure-skip-tls-verify',
  'kube-tls-server-name',
  'registry-config',
  'repository-cache',
  'repository-config',
]);

function splitGlobals(words: readonly string[], globals: readonly Flag[]): { own: string[]; rest: string[] } {
  const known = globals.filter(({ name }) => PASSED_BY.has(name));
  const own: string[] = [];
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const name = /^--([^=]+)/.exec(word)?.[1];
    const isKnown = name === undefined ? /^-n(=|$)/.test(word) : known.some((flag) => flag.name === name);
    if (!isKnown) rest.push(word);
    else {
      own.push(word);
      const next = words[at + 1];
      if (takesNextWord(known, word) && next !== undefined) {
        own.push(next);
        at++;
      }
    }
  }
  return { own, rest };
}

function withGlobals(context: CommandContext, words: readonly string[]): CommandContext {
  if (words.length === 0) return context;
  const globals = globalFlags(context.environment);
  const { given } = parseFlags(globals, words);
  return { ...context, settings: settingsOf(flagValues(globals, given), context.environment) };
}
