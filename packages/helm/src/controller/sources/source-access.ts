/** What Secrets and ConfigMaps of the cluster say about a source: credentials, certificates, a proxy, keys of signers. */
import { ConfigMap, Secret, ServiceAccount } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import { isStatusError } from '@kindred/machinery';
import type { TlsFiles } from '../../http/tls-material.ts';
import type { ObjectName, SourceAccess } from '../intent/release-intent.ts';
import { SourceError } from './source-error.ts';
import { mergedDockerConfig, type SecretData, tlsFilesOf } from './source-secret.ts';

export interface SourceData {
  /** Of the Secret with credentials. */
  readonly data: SecretData;
  readonly tls: TlsFiles;
  /** With user and password in it. */
  readonly proxy?: URL;
}

export interface SourceSecrets {
  /** @throws SourceError for objects that aren't there */
  access(access: SourceAccess): Promise<SourceData>;
  /** All entries of a Secret by name: files with keys. @throws SourceError */
  keys(secret: ObjectName): Promise<ReadonlyMap<string, Uint8Array>>;
}

export interface SourceSecretsOptions {
  /** Reads ConfigMaps and Secrets. */
  readonly client: Client;
  /** Where certificates may be, for those who read files only. */
  readonly cacheDirectory: string;
  readonly signal?: AbortSignal | undefined;
}

export function sourceSecrets({ client, cacheDirectory, signal }: SourceSecretsOptions): SourceSecrets {
  const bytesOf = async (at: ObjectName): Promise<Map<string, Buffer>> => {
    const { data = {} } = await client.get(Secret, at, { signal }).catch(missing(`Secret ${nameOf(at)}`));
    return new Map(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64')]));
  };
  const textsOf = async (at: ObjectName | undefined): Promise<SecretData> =>
    at === undefined ? {} : Object.fromEntries([...(await bytesOf(at))].map(([key, value]) => [key, value.toString()]));
  const pullSecrets = async (account: ObjectName | undefined): Promise<SecretData> => {
    if (account === undefined) return {};
    const what = `ServiceAccount ${nameOf(account)}`;
    const { imagePullSecrets = [] } = await client.get(ServiceAccount, account, { signal }).catch(missing(what));
    const names = imagePullSecrets.flatMap(({ name }) => (name === undefined ? [] : [name]));
    const secrets = await Promise.all(names.map((name) => textsOf({ namespace: account.namespace, name })));
    return mergedDockerConfig(secrets);
  };
  return {
    keys: bytesOf,
    async access(access) {
      const [data, certificates, proxyData] = await Promise.all([
        access.secret === undefined ? pullSecrets(access.pullAccount) : textsOf(access.secret),
        textsOf(access.certSecret),
        textsOf(access.proxySecret),
      ]);
      const authority = access.certificateAuthorities;
      const config =
        authority === undefined
          ? undefined
          : await client.get(ConfigMap, authority, { signal }).catch(missing(`ConfigMap ${nameOf(authority)}`));
      const more = config === undefined ? {} : { certificateAuthority: Object.values(config.data ?? {}).join('\n') };
      const tls = await tlsFilesOf({ ...data, ...certificates }, { ...access, ...more }, cacheDirectory);
      const proxy = access.proxySecret === undefined ? undefined : proxyOf(proxyData, access.proxySecret);
      return { data, tls, ...(proxy === undefined ? {} : { proxy }) };
    },
  };
}

function proxyOf({ address, username, password }: SecretData, at: ObjectName): URL {
  if (address === undefined || !URL.canParse(address.trim())) {
    throw new SourceError(`Secret ${nameOf(at)} has no address of a proxy`);
  }
  const url = new URL(address.trim());
  if (username !== undefined) url.username = encodeURIComponent(username);
  if (password !== undefined) url.password = encodeURIComponent(password);
  return url;
}

function nameOf({ namespace, name }: ObjectName): string {
  return `${namespace}/${name}`;
}

/** @returns a handler of errors that tells what isn't there */
export function missing(what: string): (error: unknown) => never {
  return (error) => {
    throw isStatusError(error, 'NotFound') ? new SourceError(`${what} is not there`, { cause: error }) : error;
  };
}
