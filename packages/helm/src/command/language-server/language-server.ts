/** `helm language-server`: speaks the Language Server Protocol with an editor, over standard input and output. */
import { maximumArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';

export const languageServerCommand: Command = {
  long: `Serves an editor by the Language Server Protocol, over standard input and output: problems of charts while they are
written, completion, explanations and places of values, definitions and functions.

Values files and templates are known by the Chart.yaml above them; a values file may also lie beside the chart. Templates
are rendered with the chart's own values, without a cluster, and nothing is fetched. The server ends when the editor says
so, or closes its end.`,
  example: '  helm language-server --stdio',
  arguments: maximumArguments(0),
  flags: () => [
    { kind: 'bool', name: 'stdio', usage: 'what it does anyway; editors say it' },
    { kind: 'string', name: 'clientProcessId', usage: 'process of the editor; its end shows by the closed input' },
  ],
  run: async (context) => {
    const { input, output } = context.streams;
    if (input.stream === undefined || output.stream === undefined) {
      throw new CommandError('a language server needs streams of its own');
    }
    const { serveEditor } = await import('./serve-editor.ts');
    return serveEditor(context, { input: input.stream, output: output.stream });
  },
};
