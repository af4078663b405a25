/**
 * Gets files of a repository: with its certificates, and with its credentials as long as the file is on the same host
 * (or the entry says that they may go anywhere).
 */

import type { ProxyFor } from '@kindred/client';
import { ChartError } from '../chart/chart.ts';
import { type HttpAnswer, HttpClient } from '../http/http-client.ts';
import { unzipBody } from '../http/read-body.ts';
import { redacted } from '../http/request-error.ts';
import { readTlsMaterial, type TlsFiles } from '../http/tls-material.ts';
import { isSameOrigin, parseUrl } from '../http/url.ts';
import type { FindGetter } from './getter.ts';
import type { RepositoryEntry } from './repositories-file.ts';

/** How a repository is reached. */
export interface RepositoryAccess extends TlsFiles {
  /** The address that the credentials are for. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly passCredentialsAll?: boolean;
  /** For one file, in milliseconds. */
  readonly timeoutMs?: number;
}

export interface FetchOptions {
  readonly maxBytes: number;
  readonly accept?: string;
  /** Lets the server send it compressed, for files that aren't already. */
  readonly compressed?: boolean;
  readonly signal?: AbortSignal;
  readonly proxy?: ProxyFor;
  /** Asked for all schemes but `http` and `https`. */
  readonly getter?: FindGetter;
}

export function accessOf(entry: RepositoryEntry, timeoutMs?: number): RepositoryAccess {
  return { ...entry, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

/** What a server says of the version of a file, to be asked with the next time. Both may be absent. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export interface FetchedFile {
  readonly bytes: Uint8Array;
  readonly validators: Validators;
}

/** The file's bytes. Throws ChartError with the address and what went wrong. */
export async function fetchFile(href: string, access: RepositoryAccess, options: FetchOptions): Promise<Uint8Array> {
  const fetched = await fetchChangedFile(href, access, options, {});
  if (fetched === undefined) throw new ChartError(`failed to fetch ${redacted(parseUrl(href))} : 304 Not Modified`);
  return fetched.bytes;
}

/** The file, or undefined when the server says that it is still that of the validators. Throws ChartError. */
export async function fetchChangedFile(
  href: string,
  access: RepositoryAccess,
  options: FetchOptions,
  { etag, lastModified }: Validators,
): Promise<FetchedFile | undefined> {
  const url = parseUrl(href);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    const bytes = await fetchByGetter(href, url.protocol.replace(/:$/, ''), access, options);
    return { bytes, validators: {} };
  }
  const client = new HttpClient({
    tls: await readTlsMaterial(access),
    ...(access.timeoutMs === undefined ? {} : { timeoutMs: access.timeoutMs }),
    ...(options.proxy === undefined ? {} : { proxy: options.proxy }),
  });
  try {
    const authorization = authorizationFor(href, access);
    const answer = await client.send({
      url,
      maxBytes: options.maxBytes,
      headers: {
        ...(options.accept === undefined ? {} : { accept: options.accept }),
        // Archives are compressed already, and servers that label them with an encoding mean the archive itself.
        'accept-encoding': options.compressed === true ? 'gzip' : 'identity',
        ...(authorization === undefined ? {} : { authorization }),
        ...(etag === undefined ? {} : { 'if-none-match': etag }),
        ...(lastModified === undefined ? {} : { 'if-modified-since': lastModified }),
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (answer.status === 304) return undefined;
    if (answer.status !== 200) throw new ChartError(`failed to fetch ${redacted(url)} : ${answer.statusLine}`);
    const isZipped = options.compressed === true && answer.headers['content-encoding'] === 'gzip';
    const bytes = isZipped ? await unzipBody(answer.body, options.maxBytes) : answer.body;
    return { bytes, validators: validatorsOf(answer.headers) };
  } finally {
    client.close();
  }
}

function validatorsOf({ etag, 'last-modified': lastModified }: HttpAnswer['headers']): Validators {
  return { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) };
}

async function fetchByGetter(
  href: string,
  scheme: string,
  access: RepositoryAccess,
  { maxBytes, accept = '', signal, getter }: FetchOptions,
): Promise<Uint8Array> {
  const get = await getter?.(scheme);
  if (get === undefined) throw new ChartError(`could not find protocol handler for: ${scheme}`);
  const { caFile = '', certFile = '', keyFile = '', insecureSkipTlsVerify = false, timeoutMs = 0 } = access;
  return get({
    href,
    scheme,
    url: access.url,
    caFile,
    certFile,
    keyFile,
    insecureSkipTlsVerify,
    ...(credentialsFor(href, access) ?? { username: '', password: '' }),
    passCredentialsAll: access.passCredentialsAll ?? false,
    accept,
    timeoutMs,
    maxBytes,
    ...(signal === undefined ? {} : { signal }),
  });
}

function authorizationFor(href: string, access: RepositoryAccess): string | undefined {
  const credentials = credentialsFor(href, access);
  if (credentials === undefined) return undefined;
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
}

function credentialsFor(
  href: string,
  access: RepositoryAccess,
): { readonly username: string; readonly password: string } | undefined {
  const { username = '', password = '', passCredentialsAll = false } = access;
  if (username === '' || password === '') return undefined;
  if (!passCredentialsAll && !isSameOrigin(access.url, href)) return undefined;
  return { username, password };
}
