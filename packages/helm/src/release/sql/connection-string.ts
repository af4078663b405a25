/**
 * How to reach a PostgreSQL database: a URL, or `name=value` pairs with what they leave open in variables PG* (PostgreSQL
 * documentation, "Connection Strings"), with the defaults of the library that helm uses (lib/pq): TLS without a check of
 * names unless `sslmode` says otherwise.
 */
import { goQuote } from '@kindred/machinery';

export type SslMode = 'disable' | 'require' | 'verify-ca' | 'verify-full';

export interface DatabaseAddress {
  /** A name, an address, or the directory of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly sslMode: SslMode;
  /** Files; empty when not given. */
  readonly sslRootCert: string;
  readonly sslCert: string;
  readonly sslKey: string;
  /** In seconds; 0 without a limit. */
  readonly connectTimeout: number;
  /** Settings of the session, `search_path` for example. */
  readonly parameters: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLES: Readonly<Record<string, string>> = {
  host: 'PGHOST',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  sslmode: 'PGSSLMODE',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslrootcert: 'PGSSLROOTCERT',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  application_name: 'PGAPPNAME',
};

/** @throws TypeError with what is wrong, in lib/pq's words, never with the text itself */
export function parseConnectionString(text: string, environment: Environment): DatabaseAddress {
  const given = /^postgres(?:ql)?:\/\//.test(text) ? pairsOfUrl(text) : pairsOf(text);
  const settings = new Map<string, string>();
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const value = environment[variable];
    if (value !== undefined && value !== '') settings.set(name, value);
  }
  for (const [name, value] of given) settings.set(name, value);
  const take = (name: string): string => {
    const value = settings.get(name) ?? '';
    settings.delete(name);
    return value;
  };
  return {
    host: take('host') || 'localhost',
    port: portOf(take('port')),
    user: take('user') || environment['USER'],
    password: take('password') || undefined,
    database: take('dbname') || undefined,
    sslMode: sslModeOf(take('sslmode')),
    sslRootCert: take('sslrootcert'),
    sslCert: take('sslcert'),
    sslKey: take('sslkey'),
    connectTimeout: Number(take('connect_timeout')) || 0,
    parameters: Object.fromEntries(settings),
  };
}

function portOf(text: string): number {
  if (text === '') return 5432;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new TypeError(`pq: invalid port ${goQuote(text)}`);
  return port;
}

function sslModeOf(text: string): SslMode {
  switch (text) {
    case '':
    case 'require':
      return 'require';
    case 'disable':
    case 'verify-ca':
    case 'verify-full':
      return text;
    default:
      throw new TypeError(
        `pq: unsupported sslmode ${goQuote(text)}; only "require" (default), "verify-full", "verify-ca", and "disable" supported`,
      );
  }
}

function pairsOfUrl(text: string): Map<string, string> {
  const match = /^\w+:\/\/(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(text);
  if (match === null) throw new TypeError('the connection string is no URL');
  const [, login = '', host = '', port = '', database = '', query = ''] = match;
  const colon = login.indexOf(':');
  const pairs = new Map<string, string>();
  const set = (name: string, value: string): void => {
    if (value !== '') pairs.set(name, unescaped(value));
  };
  set('user', colon < 0 ? login : login.slice(0, colon));
  set('password', colon < 0 ? '' : login.slice(colon + 1));
  set('host', host.replace(/^\[|\]$/g, ''));
  set('port', port);
  set('dbname', database);
  for (const [name, value] of new URLSearchParams(query)) pairs.set(name, value);
  return pairs;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new TypeError('the connection string has an invalid URL escape');
  }
}

/** `name = value`, values with spaces in single quotes, a backslash before what is meant literally. */
function pairsOf(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  const source = text.trimEnd();
  const pair = /\s*([^\s=]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(?!')((?:[^\s'\\]|\\.)*))/gsy;
  while (pair.lastIndex < source.length) {
    const rest = source.slice(pair.lastIndex);
    const match = pair.exec(source);
    if (match === null) throw new TypeError(pairProblem(rest));
    const [, name = '', quoted, bare = ''] = match;
    pairs.set(name, (quoted ?? bare).replace(/\\(.)/gs, '$1'));
  }
  return pairs;
}

function pairProblem(rest: string): string {
  const [, name = '', equals] = /^\s*([^\s=]*)\s*(=?)/.exec(rest) ?? [];
  if (equals === '=' && name !== '') return 'unterminated quoted string literal in connection string';
  return `missing "=" after ${goQuote(name)} in connection info string"`;
}
