/**
 * Requests to a server that speaks S3 (Amazon S3 API reference: ListObjectsV2, GetObject), signed with a key (Signature
 * Version 4) or anonymous.
 */

import type { ProxyFor } from '@kindred/client';
import { HttpClient } from '../../../http/http-client.ts';
import type { TlsMaterial } from '../../../http/tls-material.ts';
import { SourceError } from '../source-error.ts';
import { decodeEntities, elementText, type ListedObject, parseListing } from './s3-listing.ts';

export interface S3Key {
  readonly id: string;
  readonly secret: string;
}

export interface S3Options {
  /** `host` or `host:port`. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region?: string | undefined;
  readonly plainHttp: boolean;
  readonly key?: S3Key | undefined;
  readonly tls: TlsMaterial;
  readonly proxy: ProxyFor;
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_REGION = 'us-east-1';
/** Of an empty body. */
const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const MOST_OBJECTS = 50_000;
const LARGEST_LISTING = 16 * 1024 * 1024;

/** One bucket. Owns its connections; close it when the work is done. */
export class S3Client {
  readonly #options: S3Options;
  readonly #http: HttpClient;
  #region: string;

  constructor(options: S3Options) {
    this.#options = options;
    this.#http = new HttpClient({ tls: options.tls, proxy: options.proxy });
    this.#region = options.region ?? DEFAULT_REGION;
  }

  /** All objects whose keys begin with the prefix. @throws SourceError, ChartError when there is no answer */
  async list(prefix: string): Promise<ListedObject[]> {
    const objects: ListedObject[] = [];
    let token: string | undefined;
    do {
      const query: Record<string, string> = { 'encoding-type': 'url', 'list-type': '2' };
      if (prefix !== '') query['prefix'] = prefix;
      if (token !== undefined) query['continuation-token'] = token;
      const answer = await this.#send('', { query, maxBytes: LARGEST_LISTING });
      if (answer.status !== 200) throw this.#refused('list the bucket', answer);
      const page = parseListing(Buffer.from(answer.body).toString());
      objects.push(...page.objects);
      if (objects.length > MOST_OBJECTS) {
        throw new SourceError(`bucket '${this.#options.bucket}' has more than ${MOST_OBJECTS} objects: give a prefix`);
      }
      // A server that says the same again would be asked for ever.
      if (page.next !== undefined && page.next === token) throw new SourceError('the bucket is listed in a circle');
      token = page.next;
    } while (token !== undefined);
    return objects;
  }

  /** An object as it was listed; undefined when it isn't there. @throws SourceError, ChartError when there is no answer */
  async get(
    key: string,
    { etag, maxBytes }: { readonly etag?: string; readonly maxBytes: number },
  ): Promise<Uint8Array | undefined> {
    const headers: Record<string, string> = etag === undefined || etag === '' ? {} : { 'if-match': `"${etag}"` };
    const answer = await this.#send(key, { headers, maxBytes });
    if (answer.status === 200) return answer.body;
    if (answer.status === 404 && etag === undefined) return undefined;
    throw this.#refused(`get ${key}`, answer);
  }

  close(): void {
    this.#http.close();
  }

  /** Sent again when the server says that the bucket is in another region than was taken for granted. */
  async #send(
    key: string,
    request: {
      readonly query?: Record<string, string>;
      readonly headers?: Record<string, string>;
      readonly maxBytes: number;
    },
  ): ReturnType<HttpClient['send']> {
    // Another request may find the region meanwhile.
    const guess = this.#region;
    const answer = await this.#sendOnce(key, request);
    const region = answer.headers['x-amz-bucket-region'];
    const isElsewhere = region !== undefined && region !== guess && /^[a-z0-9-]+$/.test(region);
    if (answer.status < 300 || !isElsewhere || this.#options.region !== undefined) return answer;
    this.#region = region;
    return this.#sendOnce(key, request);
  }

  async #sendOnce(
    key: string,
    {
      query = {},
      headers = {},
      maxBytes,
    }: { query?: Record<string, string>; headers?: Record<string, string>; maxBytes: number },
  ): ReturnType<HttpClient['send']> {
    const { signal } = this.#options;
    const url = this.#urlOf(key, query);
    const signed = await this.#signed(url, headers);
    return this.#http.send({ url, headers: signed, maxBytes, ...(signal === undefined ? {} : { signal }) });
  }

  /** Amazon wants the bucket in the host's name, everybody else in the path, at least when asked so. */
  #urlOf(key: string, query: Readonly<Record<string, string>>): URL {
    const { endpoint, bucket, plainHttp } = this.#options;
    const isAmazon = /(^|\.)amazonaws\.com(\.cn)?$/.test(endpoint);
    const host = endpoint === 's3.amazonaws.com' ? `s3.${this.#region}.amazonaws.com` : endpoint;
    const inHost = isAmazon && /^[a-z0-9-]+$/.test(bucket);
    const path = `${inHost ? '' : `/${encodePart(bucket)}`}/${key.split('/').map(encodePart).join('/')}`;
    const url = new URL(`${plainHttp ? 'http' : 'https'}://${inHost ? `${bucket}.` : ''}${host}${path}`);
    url.search = Object.keys(query)
      .sort()
      .map((name) => `${encodePart(name)}=${encodePart(query[name] ?? '')}`)
      .join('&');
    return url;
  }

  async #signed(url: URL, headers: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const { key, now } = this.#options;
    if (key === undefined) return headers;
    const { AwsV4Signer } = await import('aws4fetch');
    const signer = new AwsV4Signer({
      method: 'GET',
      url: url.href,
      headers: { ...headers, 'x-amz-content-sha256': NOTHING },
      accessKeyId: key.id,
      secretAccessKey: key.secret,
      service: 's3',
      region: this.#region,
      datetime: now()
        .toISOString()
        .replace(/[:-]|\.\d{3}/g, ''),
    });
    return Object.fromEntries((await signer.sign()).headers);
  }

  #refused(what: string, { status, statusLine, body }: Awaited<ReturnType<HttpClient['send']>>): SourceError {
    const text = Buffer.from(body).toString();
    const code = elementText(text, 'Code');
    const { bucket, endpoint } = this.#options;
    if (code === 'NoSuchBucket') return new SourceError(`bucket '${bucket}' does not exist at ${endpoint}`);
    if (status === 412) return new SourceError(`could not ${what} of bucket '${bucket}': it has changed meanwhile`);
    const why =
      code === undefined ? statusLine : `${code}: ${decodeEntities(elementText(text, 'Message') ?? statusLine)}`;
    return new SourceError(`could not ${what} of bucket '${bucket}' at ${endpoint}: ${why.slice(0, 300)}`);
  }
}

/** RFC 3986, as signatures want it. */
function encodePart(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
