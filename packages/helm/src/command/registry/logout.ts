/** `helm registry logout`: forgets the credentials for a registry. */
import { eraseCredential } from '../../registry/credentials-file.ts';
import { minimumArguments } from '../arguments.ts';
import { chartPaths } from '../chart/chart-paths.ts';
import type { Command } from '../command.ts';
import { completeNothing } from '../completion/arguments.ts';

export const registryLogoutCommand: Command = {
  usage: '[host]',
  long: 'Forgets the credentials that are kept for a registry.',
  arguments: minimumArguments(1),
  complete: completeNothing,
  run: async (context, [host = '']) => {
    const { registryConfig } = chartPaths(context);
    await eraseCredential({ registryConfig }, host);
    context.streams.errors.write(`Removing login credentials for ${host}\n`);
    return 0;
  },
};
