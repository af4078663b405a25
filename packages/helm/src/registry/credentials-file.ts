/**
 * Credentials of registries in docker's format (config.json: `auths`, `credsStore`, `credHelpers`). Helm's own file
 * comes first, docker's is asked when it knows nothing. Programs that keep credentials are asked by docker's protocol.
 */
import { readFile } from 'node:fs/promises';
import { hasErrorCode, isJsonObject, type JsonObject } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';
import { withFileLock } from '../node/file-lock.ts';
import { writeFileAtomically } from '../node/write-file.ts';
import type { Credential } from './credential.ts';
import { type CredentialHelper, spawnCredentialHelper } from './credential-helper.ts';

export interface CredentialFiles {
  /** Where logins are kept: helm's registry/config.json. */
  readonly registryConfig: string;
  /** Files to ask too, docker's for example. */
  readonly fallbacks?: readonly string[];
  readonly helper?: CredentialHelper;
}

/** The credential for a host; undefined when nobody knows one. Throws ChartError for a broken file. */
export async function findCredential(files: CredentialFiles, host: string): Promise<Credential | undefined> {
  for (const path of [files.registryConfig, ...(files.fallbacks ?? [])]) {
    const config = await readConfig(path);
    const helper = helperFor(config, host);
    if (helper !== undefined) {
      const found = await (files.helper ?? spawnCredentialHelper).get(helper, serverAddress(host));
      if (found !== undefined) return found;
    }
    const found = plainCredential(config, host);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Keeps a credential. */
export async function storeCredential(
  files: CredentialFiles,
  host: string,
  credential: { readonly username: string; readonly password: string },
): Promise<void> {
  const { username, password } = credential;
  await change(files, host, {
    helper: (helper, name) => helper.store(name, { serverUrl: serverAddress(host), username, secret: password }),
    plain: (auths) => {
      const auth = Buffer.from(`${username}:${password}`).toString('base64');
      auths[serverAddress(host)] = username === '' ? { identitytoken: password } : { auth };
    },
  });
}

/** Forgets the credential; nothing happens when there is none. */
export async function eraseCredential(files: CredentialFiles, host: string): Promise<void> {
  await change(files, host, {
    helper: (helper, name) => helper.erase(name, serverAddress(host)),
    plain: (auths) => {
      delete auths[serverAddress(host)];
    },
  });
}

interface Change {
  readonly helper: (helper: CredentialHelper, name: string) => Promise<void>;
  readonly plain: (auths: Record<string, JsonObject>) => void;
}

async function change(files: CredentialFiles, host: string, change: Change): Promise<void> {
  const name = helperFor(await readConfig(files.registryConfig), host);
  if (name !== undefined) {
    await change.helper(files.helper ?? spawnCredentialHelper, name);
    return;
  }
  await withFileLock(files.registryConfig, async () => {
    const config = await readConfig(files.registryConfig);
    const auths = { ...authsOf(config) };
    const before = JSON.stringify(auths);
    change.plain(auths);
    if (JSON.stringify(auths) === before) return;
    await writeFileAtomically(files.registryConfig, JSON.stringify({ ...config, auths }, undefined, '\t'), 0o600);
  });
}

async function readConfig(path: string): Promise<JsonObject> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return {};
    throw new ChartError(`failed to read the credentials file ${path}`, { cause: error });
  }
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch (error) {
    throw new ChartError(`failed to decode the credentials file ${path}: invalid config format`, { cause: error });
  }
  throw new ChartError(`failed to decode the credentials file ${path}: invalid config format`);
}

function authsOf(config: JsonObject): Record<string, JsonObject> {
  const auths = config['auths'];
  if (!isJsonObject(auths)) return {};
  return Object.fromEntries(
    Object.entries(auths).filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1])),
  );
}

function helperFor(config: JsonObject, host: string): string | undefined {
  const helpers = config['credHelpers'];
  const own = isJsonObject(helpers) ? helpers[serverAddress(host)] : undefined;
  const name = typeof own === 'string' && own !== '' ? own : config['credsStore'];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function plainCredential(config: JsonObject, host: string): Credential | undefined {
  const auths = authsOf(config);
  const address = serverAddress(host);
  const key = address in auths ? address : Object.keys(auths).find((each) => hostOf(each) === host);
  const entry = key === undefined ? undefined : auths[key];
  if (entry === undefined) return undefined;
  const { identitytoken, auth, username, password } = entry;
  if (typeof identitytoken === 'string' && identitytoken !== '') return { kind: 'refresh-token', token: identitytoken };
  if (typeof auth === 'string' && auth !== '') {
    const text = Buffer.from(auth, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon < 0) throw new ChartError(`the credentials file has an auth for ${host} that isn't user:password`);
    return { kind: 'basic', username: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  if (typeof username === 'string' && typeof password === 'string' && username !== '') {
    return { kind: 'basic', username, password };
  }
  return undefined;
}

/** The name under which docker keeps what is for a host. */
function serverAddress(host: string): string {
  return host === 'docker.io' || host === 'registry-1.docker.io' ? 'https://index.docker.io/v1/' : host;
}

/** Old files have whole addresses as keys. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}
