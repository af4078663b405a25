/**
 * What the Secret of a source says: user and password, or docker's configuration, and certificates. Keys as Flux reads them:
 * `username`, `password`, `ca.crt`, `tls.crt`, `tls.key` (`caFile`, `certFile`, `keyFile` too), `.dockerconfigjson`.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, type JsonObject, type JsonValue } from '@kindred/machinery';
import type { TlsFiles } from '../../http/tls-material.ts';
import type { SourceAccess } from '../intent/release-intent.ts';
import { SourceError } from './source-error.ts';

export interface SourceCredentials {
  readonly username?: string;
  readonly password?: string;
}

/** Decoded data of a Secret. */
export type SecretData = Readonly<Record<string, string>>;

/** `host` chooses among the entries of docker's configuration. @throws SourceError for one that is no JSON */
export function credentialsOf(data: SecretData, host: string): SourceCredentials {
  const { username, password } = data;
  if (username !== undefined && password !== undefined) return { username, password };
  const docker = data['.dockerconfigjson'];
  return docker === undefined ? {} : dockerCredentials(docker, host);
}

/** Secrets for pulling images as one: for each host the first that has it. @throws SourceError for one that is no JSON */
export function mergedDockerConfig(secrets: readonly SecretData[]): SecretData {
  const texts = secrets.flatMap((data) => data['.dockerconfigjson'] ?? []);
  if (texts.length === 0) return {};
  const auths = texts.toReversed().reduce<JsonObject>((found, text) => ({ ...found, ...authsOf(text) }), {});
  return { '.dockerconfigjson': JSON.stringify({ auths }) };
}

function authsOf(text: string): JsonObject {
  let config: JsonValue;
  try {
    config = JSON.parse(text) as JsonValue;
  } catch (error) {
    // The parser's message would show parts of the secret.
    throw new SourceError('.dockerconfigjson of the Secret is no JSON', { cause: error });
  }
  return isJsonObject(config) && isJsonObject(config['auths']) ? config['auths'] : {};
}

function dockerCredentials(text: string, host: string): SourceCredentials {
  const auths = authsOf(text);
  const name = Object.keys(auths).find((each) => each.replace(/^https?:\/\//, '').split('/')[0] === host);
  const entry = name === undefined ? undefined : auths[name];
  if (!isJsonObject(entry)) return {};
  const { username, password, auth } = entry;
  if (typeof username === 'string' && typeof password === 'string') return { username, password };
  const [, user, word] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(typeof auth === 'string' ? auth : '', 'base64').toString()) ?? [];
  return user === undefined || word === undefined ? {} : { username: user, password: word };
}

/** Writes certificates where the clients of repositories read them: into files that only this user can read. */
export async function tlsFilesOf(data: SecretData, access: SourceAccess, directory: string): Promise<TlsFiles> {
  const [caFile, certFile, keyFile] = await Promise.all([
    keep(data['ca.crt'] ?? data['caFile'] ?? access.certificateAuthority, directory),
    keep(data['tls.crt'] ?? data['certFile'], directory),
    keep(data['tls.key'] ?? data['keyFile'], directory),
  ]);
  return {
    ...(caFile === undefined ? {} : { caFile }),
    ...(certFile === undefined ? {} : { certFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
    ...(access.insecureSkipTlsVerify === undefined ? {} : { insecureSkipTlsVerify: access.insecureSkipTlsVerify }),
  };
}

async function keep(content: string | undefined, directory: string): Promise<string | undefined> {
  if (content === undefined) return undefined;
  await mkdir(join(directory, 'tls'), { recursive: true, mode: 0o700 });
  const path = join(directory, 'tls', createHash('sha256').update(content).digest('hex'));
  await writeFile(path, content, { mode: 0o600 });
  return path;
}
