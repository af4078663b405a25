/** Where HELM_DRIVER says that releases are kept. */
import { quote } from '../../go/quote.ts';
import { memoryDriver } from '../../release/memory-driver.ts';
import { configMapDriver, secretDriver } from '../../release/object-driver.ts';
import type { ReleaseDriver } from '../../release/release-driver.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { ClusterAccess } from './connect.ts';

/** @param namespace empty for all namespaces. Throws CommandError. */
export function releaseDriver(context: CommandContext, { client }: ClusterAccess, namespace: string): ReleaseDriver {
  const { settings, clock, log } = context;
  const options = {
    client,
    namespace,
    clock,
    onDamaged: (error: Error): void => log.warn('A release could not be read', { error: error.message }),
  };
  switch (settings.driver) {
    case '':
    case 'secret':
    case 'secrets':
      return secretDriver(options);
    case 'configmap':
    case 'configmaps':
      return configMapDriver(options);
    case 'memory':
      return memoryDriver();
    case 'sql':
      throw new CommandError('HELM_DRIVER=sql is not supported: releases are kept in secret, configmap or memory');
    default:
      throw new CommandError(`unknown driver ${quote(settings.driver)}`);
  }
}
