/** A PostgreSQL database by the library `pg`, which nothing else imports: it is only loaded where releases are kept in one. */
import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { Pool, PoolClient, PoolConfig } from 'pg';
import { ReleaseError } from '../release-error.ts';
import type { DatabaseAddress } from './connection-string.ts';
import type { SqlDatabase, SqlQuery } from './sql-database.ts';

/** Connections at once: lookups while a transaction is under way. */
const CONNECTIONS = 4;

/** Connects when it is first asked something. Rejects where files of certificates can't be read. */
export async function openPostgres(address: DatabaseAddress): Promise<SqlDatabase> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool(await configOf(address));
  // A connection that breaks while nobody uses it is replaced by the pool.
  pool.on('error', () => undefined);
  return {
    query: queryOf(pool),
    transaction: (work) => transaction(pool, work),
    close: () => pool.end(),
  };
}

async function configOf(address: DatabaseAddress): Promise<PoolConfig> {
  const { host, port, user, password, database, connectTimeout, parameters } = address;
  const settings = Object.entries(parameters).map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`);
  return {
    host,
    port,
    user,
    database: database ?? user,
    ...(password === undefined ? {} : { password }),
    ssl: await sslOf(address),
    ...(settings.length === 0 ? {} : { options: settings.join(' ') }),
    connectionTimeoutMillis: connectTimeout * 1000,
    max: CONNECTIONS,
  };
}

async function sslOf({
  sslMode,
  sslRootCert,
  sslCert,
  sslKey,
  host,
}: DatabaseAddress): Promise<false | ConnectionOptions> {
  // A socket on this machine needs none.
  if (sslMode === 'disable' || host.startsWith('/')) return false;
  return {
    // As lib/pq: who names an authority wants it checked.
    rejectUnauthorized: sslMode !== 'require' || sslRootCert !== '',
    ...(sslMode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    ...(sslRootCert === '' ? {} : { ca: await readFile(sslRootCert) }),
    ...(sslCert === '' ? {} : { cert: await readFile(sslCert) }),
    ...(sslKey === '' ? {} : { key: await readFile(sslKey) }),
  };
}

function queryOf(target: Pool | PoolClient): SqlQuery {
  return async (statement, values = []) => {
    try {
      const { rows, rowCount } = await target.query<Record<string, unknown>>(statement, [...values]);
      return { rows, count: rowCount ?? rows.length };
    } catch (error) {
      throw sqlError(error);
    }
  };
}

async function transaction<T>(pool: Pool, work: (query: SqlQuery) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw sqlError(error);
  });
  const query = queryOf(client);
  let broken: Error | undefined;
  try {
    await query('BEGIN');
    const result = await work(query);
    await query('COMMIT');
    return result;
  } catch (error) {
    await query('ROLLBACK').catch((problem: unknown) => {
      broken = problem instanceof Error ? problem : new Error(String(problem));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** In the words of lib/pq, which helm passes on. */
function sqlError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return new ReleaseError('Failed', problemText(error), { cause: error });
}

function problemText(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ECONNREFUSED') {
    const { address = '', port = '' } = reached(error);
    return `dial tcp ${address.includes(':') ? `[${address}]` : address}:${port}: connect: connection refused`;
  }
  if (error.message === 'The server does not support SSL connections') return 'pq: SSL is not enabled on the server';
  return typeof code === 'string' && !/^[0-9A-Z]{5}$/.test(code) ? error.message : `pq: ${error.message}`;
}

function reached(error: Error): { readonly address?: string; readonly port?: string } {
  const last: unknown = error instanceof AggregateError ? error.errors.at(-1) : error;
  if (!(last instanceof Error) || !('address' in last) || !('port' in last)) return {};
  return { address: String(last.address), port: String(last.port) };
}
