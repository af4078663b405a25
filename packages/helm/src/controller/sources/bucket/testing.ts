/**
 * A server that speaks as much of S3 as bucket sources need, for tests. It works out each signature by itself, from the
 * request as it came in (Amazon S3 API reference, "Authenticating Requests: Using the Authorization Header").
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface S3ServerOptions {
  /** Secret by key; without any everybody may read. */
  readonly keys?: Readonly<Record<string, string>>;
  readonly region?: string;
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface S3Server {
  readonly endpoint: string;
  readonly objects: Map<string, string>;
  readonly requests: string[];
  /** Called before an object is sent. */
  beforeGet: (key: string) => void;
}

const BUCKET = 'charts';
const PAGE = 2;

export async function startS3Server(t: TestContext, options: S3ServerOptions = {}): Promise<S3Server> {
  const server: S3Server & { endpoint: string } = {
    endpoint: '',
    objects: new Map(),
    requests: [],
    beforeGet: () => undefined,
  };
  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    server.requests.push(request.url ?? '');
    const problem = refusal(request, options);
    if (problem !== undefined) fail(response, 403, problem, options);
    else answer(server, request, response, options);
  };
  const listener = options.tls === undefined ? createServer(handler) : createTlsServer(options.tls, handler);
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    listener.closeAllConnections();
    listener.close();
  });
  // A server that listens on a port has such an address.
  server.endpoint = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
  return server;
}

export function etagOf(content: string): string {
  return createHash('md5').update(content).digest('hex');
}

function answer(server: S3Server, request: IncomingMessage, response: ServerResponse, options: S3ServerOptions): void {
  const url = new URL(request.url ?? '/', 'http://x');
  const [, bucket, ...rest] = url.pathname.split('/').map(decodeURIComponent);
  if (bucket !== BUCKET) return fail(response, 404, 'NoSuchBucket', options);
  if (url.searchParams.get('list-type') === '2') {
    response.end(listing(server.objects, url.searchParams));
    return;
  }
  const key = rest.join('/');
  server.beforeGet(key);
  const content = server.objects.get(key);
  if (content === undefined) return fail(response, 404, 'NoSuchKey', options);
  const wanted = request.headers['if-match'];
  if (wanted !== undefined && wanted !== `"${etagOf(content)}"`)
    return fail(response, 412, 'PreconditionFailed', options);
  response.end(content);
}

function listing(objects: ReadonlyMap<string, string>, query: URLSearchParams): string {
  const keys = [...objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).sort();
  const start = Number(Buffer.from(query.get('continuation-token') ?? '', 'base64').toString() || 0);
  const contents = keys.slice(start, start + PAGE).map((key) => {
    const content = objects.get(key) ?? '';
    const encoded = encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
    return `<Contents><Key>${encoded}</Key><ETag>&quot;${etagOf(content)}&quot;</ETag><Size>${Buffer.byteLength(content)}</Size></Contents>`;
  });
  const isMore = start + PAGE < keys.length;
  const token = Buffer.from(String(start + PAGE)).toString('base64');
  const next = isMore ? `<NextContinuationToken>${token}</NextContinuationToken>` : '';
  return `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType><IsTruncated>${isMore}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
}

function fail(response: ServerResponse, status: number, code: string, { region }: S3ServerOptions): void {
  const headers = region === undefined ? {} : { 'x-amz-bucket-region': region };
  response.writeHead(status, headers).end(`<Error><Code>${code}</Code><Message>it &amp; so on</Message></Error>`);
}

/** Why the server doesn't believe the sender. */
function refusal(request: IncomingMessage, { keys, region = 'us-east-1' }: S3ServerOptions): string | undefined {
  if (keys === undefined) return undefined;
  const given =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
      request.headers.authorization ?? '',
    );
  if (given === null) return 'AccessDenied';
  const [, id = '', day = '', where = '', names = '', signature] = given;
  const secret = keys[id];
  if (secret === undefined) return 'InvalidAccessKeyId';
  if (where !== region) return 'AuthorizationHeaderMalformed';
  const signed = names.split(';');
  // Whatever says something must be signed.
  const must = Object.keys(request.headers).filter((name) => /^(host|if-match|x-amz-.*)$/.test(name));
  if (must.some((name) => !signed.includes(name))) return 'AccessDenied';
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const canonical = [
    request.method,
    path,
    query.split('&').sort().join('&'),
    ...signed.map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    names,
    request.headers['x-amz-content-sha256'],
  ].join('\n');
  const time = String(request.headers['x-amz-date']);
  const scope = `${day}/${where}/s3/aws4_request`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const key = [day, where, 's3', 'aws4_request'].reduce<string | Buffer>(
    (secretKey, part) => hmac(secretKey, part),
    `AWS4${secret}`,
  );
  const expected = hmac(key, ['AWS4-HMAC-SHA256', time, scope, digest].join('\n')).toString('hex');
  return expected === signature && time.startsWith(day) ? undefined : 'SignatureDoesNotMatch';
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
