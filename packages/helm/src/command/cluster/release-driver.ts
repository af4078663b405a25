/** Where HELM_DRIVER says that releases are kept. */
import { errorText } from '@kindred/machinery';
import { quote } from '../../go/quote.ts';
import { memoryDriver } from '../../release/memory-driver.ts';
import { configMapDriver, secretDriver } from '../../release/object-driver.ts';
import type { ReleaseDriver } from '../../release/release-driver.ts';
import { parseConnectionString } from '../../release/sql/connection-string.ts';
import type { SqlDatabase } from '../../release/sql/sql-database.ts';
import { sqlDriver } from '../../release/sql/sql-driver.ts';
import { ensureTables } from '../../release/sql/sql-schema.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { ClusterAccess } from './connect.ts';

/** @param namespace empty for all namespaces. Throws CommandError. */
export function releaseDriver(context: CommandContext, cluster: ClusterAccess, namespace: string): ReleaseDriver {
  const { settings, clock, log } = context;
  const options = {
    client: cluster.client,
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
      return sqlDriver({ ...options, database: databaseOf(context, cluster) });
    default:
      throw new CommandError(`unknown driver ${quote(settings.driver)}`);
  }
}

/** The database of HELM_DRIVER_SQL_CONNECTION_STRING, opened when it is first needed, closed with the cluster. */
function databaseOf({ environment }: CommandContext, { atClose }: ClusterAccess): () => Promise<SqlDatabase> {
  let opened: Promise<SqlDatabase> | undefined;
  const open = async (): Promise<SqlDatabase> => {
    try {
      const text = environment['HELM_DRIVER_SQL_CONNECTION_STRING'] ?? '';
      const { openPostgres } = await import('../../release/sql/postgres.ts');
      const database = await openPostgres(parseConnectionString(text, environment));
      atClose(() => database.close());
      await ensureTables(database);
      return database;
    } catch (error) {
      throw new CommandError(`unable to instantiate SQL driver: ${errorText(error)}`, { cause: error });
    }
  };
  return () => {
    opened ??= open();
    return opened;
  };
}
