/**
 * The references that the platform is measured against: Node.js servers that do the least possible.
 * Run as a program: `bare-server.js KIND [PORT | CERT KEY [FILE]]`. Prints its port once it listens.
 *
 *   http PORT            answers 200 over HTTP/1.1: what starting costs at the least
 *   send CERT KEY FILE   HTTP/2 with TLS; answers every request with the bytes of FILE, which it has in memory
 *   create CERT KEY      HTTP/2 with TLS; parses a JSON body and answers its serialisation
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import { createSecureServer } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';

const [kind = '', ...args] = process.argv.slice(2);

const headers = { ':status': 200, 'content-type': 'application/json' };
const chunkBytes = 64 * 1024;

function sendBytes(bytes: Buffer): (stream: ServerHttp2Stream) => void {
  return (stream) => {
    stream.respond({ ...headers, 'content-length': bytes.length });
    if (bytes.length <= chunkBytes) stream.end(bytes);
    else void sendChunks(stream, bytes);
  };
}

async function sendChunks(stream: ServerHttp2Stream, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    if (stream.write(bytes.subarray(at, at + chunkBytes))) continue;
    await new Promise((resolve) => stream.once('drain', resolve));
  }
  stream.end();
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

function secure(answer: (stream: ServerHttp2Stream) => void): Server {
  const [certificate = '', key = ''] = args;
  const server = createSecureServer({
    cert: readFileSync(certificate),
    key: readFileSync(key),
    settings: { maxConcurrentStreams: 1000 },
  });
  server.on('stream', answer);
  return server;
}

const servers: Record<string, () => Server> = {
  http: () => createServer((_, response) => response.end('ok')),
  send: () => secure(sendBytes(readFileSync(args[2] ?? ''))),
  create: () => secure(answerCreate),
};

const server = servers[kind]?.();
if (server === undefined) throw new Error(`bare-server takes ${Object.keys(servers).join(', ')}, not "${kind}"`);
server.listen(kind === 'http' ? Number(args[0] ?? 0) : 0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${port}\n`);
});
