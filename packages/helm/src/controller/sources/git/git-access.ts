/**
 * What git needs to get into a repository, as variables of its process: arguments are for everybody to read. Keys for SSH are
 * files while they are used, readable by this user only; ssh learns of nothing but them, and of no hosts but those given.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TlsFiles } from '../../../http/tls-material.ts';
import { SourceError } from '../source-error.ts';
import type { SecretData } from '../source-secret.ts';
import type { GitAccess } from './git-command.ts';

export interface GitCredentials {
  readonly username?: string;
  readonly password?: string;
  readonly bearerToken?: string;
  /** A private key, and the lines of known_hosts for its servers. */
  readonly identity?: string;
  readonly knownHosts?: string;
  readonly passphrase?: string;
}

/** From the Secret of a git source, with Flux's keys. */
export function gitCredentials(data: SecretData): GitCredentials {
  const { username, password, bearerToken, identity, known_hosts: knownHosts } = data;
  if (identity !== undefined) {
    return {
      identity,
      ...(knownHosts === undefined ? {} : { knownHosts }),
      ...(password === undefined ? {} : { passphrase: password }),
    };
  }
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(bearerToken === undefined ? {} : { bearerToken }),
  };
}

export interface GitAccessOptions {
  readonly url: string;
  readonly credentials: GitCredentials;
  /** For HTTPS. */
  readonly tls: TlsFiles;
  /** With user and password in it. */
  readonly proxy?: URL | undefined;
  /** Where files of an hour may be. */
  readonly cacheDirectory: string;
}

/** Works with git while the files of the access are there. @throws SourceError for a Secret that isn't enough */
export async function withGitAccess<T>(options: GitAccessOptions, work: (access: GitAccess) => Promise<T>): Promise<T> {
  const { url, credentials, proxy, cacheDirectory } = options;
  const { identity, knownHosts } = credentials;
  const common = { ...authorization(url, credentials), ...tlsVariables(options.tls), ...proxyVariables(proxy) };
  if (!isSshUrl(url) && identity === undefined) return work(common);
  if (identity === undefined || knownHosts === undefined) {
    throw new SourceError('git over SSH needs a Secret with identity and known_hosts');
  }
  if (proxy !== undefined) throw new SourceError('git over SSH does not go through a proxy');
  await mkdir(cacheDirectory, { recursive: true });
  const directory = await mkdtemp(join(cacheDirectory, 'ssh-'));
  try {
    return await work({ ...common, ...(await sshVariables(directory, { ...credentials, identity, knownHosts })) });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** `ssh://host/path`, or what git takes for the same: `user@host:path`. */
function isSshUrl(url: string): boolean {
  return /^(git\+)?ssh(\+git)?:\/\//.test(url) || (!url.includes('://') && /^[^/:]+:(?!:)/.test(url));
}

/** Sent to the repository's own origin only. */
function authorization(url: string, { username, password, bearerToken }: GitCredentials): GitAccess {
  const origin = /^https?:\/\/[^/]+/.exec(url)?.[0];
  const hasLogin = username !== undefined && password !== undefined;
  const header = hasLogin
    ? `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    : bearerToken === undefined
      ? undefined
      : `Bearer ${bearerToken.trim()}`;
  if (origin === undefined || header === undefined) return {};
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: ${header}`,
  };
}

function tlsVariables({ caFile, certFile, keyFile }: TlsFiles): GitAccess {
  return {
    ...(caFile === undefined ? {} : { GIT_SSL_CAINFO: caFile }),
    ...(certFile === undefined || keyFile === undefined ? {} : { GIT_SSL_CERT: certFile, GIT_SSL_KEY: keyFile }),
  };
}

/** Over those of the process. */
function proxyVariables(proxy: URL | undefined): GitAccess {
  if (proxy === undefined) return {};
  const names = ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
  return { ...Object.fromEntries(names.map((name) => [name, proxy.href])), no_proxy: '', NO_PROXY: '' };
}

/** The same text for every key: what is different is in the environment. */
const ASKPASS = '#!/bin/sh\nprintf \'%s\\n\' "$KINDRED_SSH_PASSPHRASE"\n';

const SETTINGS = [
  'IdentitiesOnly yes',
  'IdentityAgent none',
  'GlobalKnownHostsFile /dev/null',
  'StrictHostKeyChecking yes',
  'UpdateHostKeys no',
  'PreferredAuthentications publickey',
  'NumberOfPasswordPrompts 1',
  'ConnectTimeout 15',
  'ClearAllForwardings yes',
  'ControlMaster no',
  'LogLevel ERROR',
];

async function sshVariables(
  directory: string,
  { identity, knownHosts, passphrase }: GitCredentials & { readonly identity: string; readonly knownHosts: string },
): Promise<GitAccess> {
  const key = join(directory, 'identity');
  const hosts = join(directory, 'known_hosts');
  const config = join(directory, 'config');
  const settings = [...SETTINGS, `IdentityFile ${quoted(key)}`, `UserKnownHostsFile ${quoted(hosts)}`];
  await Promise.all([
    writeFile(key, `${identity.trimEnd()}\n`, { mode: 0o600 }),
    writeFile(hosts, `${knownHosts.trimEnd()}\n`, { mode: 0o600 }),
    writeFile(config, `Host *\n${settings.map((line) => `  ${line}\n`).join('')}`, { mode: 0o600 }),
  ]);
  const variables = {
    GIT_SSH_COMMAND: 'ssh -F "$KINDRED_SSH_CONFIG"',
    GIT_SSH_VARIANT: 'ssh',
    KINDRED_SSH_CONFIG: config,
  };
  const askpass = join(directory, 'askpass');
  // Without a passphrase nothing may ask for one.
  if (passphrase === undefined) return { ...variables, SSH_ASKPASS: '/bin/false', SSH_ASKPASS_REQUIRE: 'force' };
  await writeFile(askpass, ASKPASS, { mode: 0o700 });
  return { ...variables, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', KINDRED_SSH_PASSPHRASE: passphrase };
}

/** A path for ssh's configuration, which expands `%` and `${…}`. */
function quoted(path: string): string {
  if (/["\n]|\$\{/.test(path)) throw new SourceError('the cache directory has a name that ssh cannot be told of');
  return `"${path.replaceAll('%', '%%')}"`;
}
