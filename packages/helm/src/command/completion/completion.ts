/** `helm completion bash|zsh|fish|powershell`. */
import { noArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { completionScript, INSTALL_NOTES, type Shell } from './scripts.ts';

export function completionCommand(shell: Shell): Command {
  return {
    long: `Prints the completion script for ${shell}.\n\n${INSTALL_NOTES[shell]}`,
    arguments: noArguments,
    flags: () => [{ kind: 'bool', name: 'no-descriptions', usage: 'complete without descriptions' }],
    run: async ({ streams, invocation = ['helm'] }, _args, flags) => {
      const request = flags.bool('no-descriptions') ? '__completeNoDesc' : '__complete';
      streams.output.write(completionScript(shell, invocation, request));
      return 0;
    },
  };
}
