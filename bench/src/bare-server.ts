/**
 * The references that the platform is measured against: Node.js servers that do the least possible.
 * Run as a program: `bare-server.js KIND PORT-FILE [CERT KEY]`.
 *
 *   http    answers 200 over HTTP/1.1: what starting costs at the least
 *   get     HTTP/2 with TLS; answers every GET with the same 2 KB
 *   create  HTTP/2 with TLS; parses a JSON body and answers its serialisation
 *   list    HTTP/2 with TLS; streams 10 000 × 2 KB of bytes it has in memory
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import { createSecureServer } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { sampleObject } from './sample.ts';

const [kind = '', certificateFile, keyFile] = process.argv.slice(2);

const headers = { ':status': 200, 'content-type': 'application/json' };
const sample = Buffer.from(JSON.stringify(sampleObject('bench-00000')));

function answerGet(stream: ServerHttp2Stream): void {
  stream.respond({ ...headers, 'content-length': sample.length });
  stream.end(sample);
}

function answerCreate(stream: ServerHttp2Stream): void {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => {
    const body = Buffer.from(JSON.stringify(JSON.parse(Buffer.concat(chunks).toString())));
    stream.respond({ ...headers, ':status': 201, 'content-length': body.length });
    stream.end(body);
  });
}

const listItems = Array.from({ length: 10_000 }, (_, index) =>
  Buffer.from(JSON.stringify(sampleObject(`bench-${index}`))),
);
const comma = Buffer.from(',');

async function answerList(stream: ServerHttp2Stream): Promise<void> {
  stream.respond(headers);
  stream.write('{"kind":"List","apiVersion":"v1","items":[');
  for (let start = 0; start < listItems.length; start += 128) {
    const parts = listItems.slice(start, start + 128).flatMap((item) => [item, comma]);
    if (!stream.write(Buffer.concat(parts))) await new Promise((resolve) => stream.once('drain', resolve));
  }
  stream.end('null]}');
}

function secure(answer: (stream: ServerHttp2Stream) => void): Server {
  const server = createSecureServer({
    cert: readFileSync(certificateFile ?? ''),
    key: readFileSync(keyFile ?? ''),
    settings: { maxConcurrentStreams: 1000 },
  });
  server.on('stream', answer);
  return server;
}

const servers: Record<string, () => Server> = {
  http: () => createServer((_, response) => response.end('ok')),
  get: () => secure(answerGet),
  create: () => secure(answerCreate),
  list: () => secure((stream) => void answerList(stream)),
};

const server = servers[kind]?.();
if (server === undefined) throw new Error(`bare-server takes ${Object.keys(servers).join(', ')}, not "${kind}"`);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${port}\n`);
});
