/** A PostgreSQL server for tests: a directory of its own, reached by a socket in it, gone with `close`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';

/** Where Debian puts the programs of each version. */
const DEBIAN = '/usr/lib/postgresql';

/** Root starts no database; this user everywhere has no rights. */
const NOBODY = { uid: 65534, gid: 65534 };

export class PostgresServer {
  /** Holds the socket. */
  readonly directory: string;
  readonly #server: ChildProcess;

  private constructor(directory: string, server: ChildProcess) {
    this.directory = directory;
    this.#server = server;
  }

  /** Undefined where PostgreSQL isn't installed. */
  static async start(): Promise<PostgresServer | undefined> {
    const programs = await findPrograms();
    if (programs === undefined) return undefined;
    const directory = await mkdtemp(join(tmpdir(), 'kindred-pg-'));
    const user = process.getuid?.() === 0 ? NOBODY : {};
    if (user === NOBODY) await chown(directory, NOBODY.uid, NOBODY.gid);
    const data = join(directory, 'data');
    const start = (name: string, args: readonly string[]): ChildProcess =>
      spawn(join(programs, name), args, { ...user, cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
    const made = start('initdb', ['-D', data, '-U', 'helm', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale', 'C']);
    await ended(made);
    const server = start('postgres', ['-D', data, '-k', directory, '-c', 'listen_addresses=', '-c', 'fsync=off']);
    await ready(server);
    return new PostgresServer(directory, server);
  }

  /** A connection string for helm, with more settings in libpq's form. */
  connectionString(more = ''): string {
    return `host=${this.directory} user=helm dbname=postgres sslmode=disable ${more}`.trim();
  }

  async close(): Promise<void> {
    const exit = once(this.#server, 'exit');
    this.#server.kill('SIGQUIT');
    await exit;
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function findPrograms(): Promise<string | undefined> {
  const versions = await readdir(DEBIAN).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  });
  const inPath = (process.env['PATH'] ?? '').split(delimiter);
  for (const place of [...inPath, ...versions.map((version) => join(DEBIAN, version, 'bin'))]) {
    const isThere = await Promise.all(['initdb', 'postgres'].map((name) => access(join(place, name)))).then(
      () => true,
      () => false,
    );
    if (isThere) return place;
  }
  return undefined;
}

async function ended(child: ChildProcess): Promise<void> {
  const errors: Uint8Array[] = [];
  child.stderr?.on('data', (data: Uint8Array) => errors.push(data));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`initdb failed: ${Buffer.concat(errors).toString()}`);
}

/** The server says on standard error when it takes connections. */
function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stderr?.on('data', (data: Uint8Array) => {
      said = `${said}${Buffer.from(data).toString()}`.slice(-10_000);
      if (said.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`postgres ended: ${said}`)));
  });
}
