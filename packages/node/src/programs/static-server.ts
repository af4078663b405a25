/**
 * The program of the nginx image: serves /usr/share/nginx/html on port 80, with an access log in nginx's combined format
 * on stdout and errors on stderr.
 */
import { createReadStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { endOnSignals, programEnvironment } from './program-environment.ts';
import { byteRange, lookUp, type StaticFile } from './static-files.ts';

const environment = programEnvironment(process.env);
const root = environment.imagePath('/usr/share/nginx/html');
const titles: Readonly<Record<number, string>> = {
  400: '400 Bad Request',
  403: '403 Forbidden',
  404: '404 Not Found',
  405: '405 Not Allowed',
  416: '416 Requested Range Not Satisfiable',
  500: '500 Internal Server Error',
};

if (!existsSync(root)) {
  // The image's own page, when no volume covers it.
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'index.html'), '<!DOCTYPE html>\n<title>Welcome</title>\n<h1>It works</h1>\n');
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Server', 'nginx');
  response.on('finish', () => logAccess(request, response));
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendError(response, 405);
  const found = lookUp(root, request.url ?? '/');
  if (found.status === 301) {
    response.setHeader('Location', found.location);
    return sendError(response, 301);
  }
  if (found.status !== 200) {
    if (found.status === 404) logError(`open() "${root}${request.url}" failed (2: No such file or directory)`);
    return sendError(response, found.status);
  }
  sendFile(request, response, found.file);
}

function sendFile(request: IncomingMessage, response: ServerResponse, { path, stats, contentType }: StaticFile): void {
  const etag = `"${Math.floor(stats.mtimeMs / 1000).toString(16)}-${stats.size.toString(16)}"`;
  response.setHeader('Last-Modified', stats.mtime.toUTCString());
  response.setHeader('ETag', etag);
  response.setHeader('Accept-Ranges', 'bytes');
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
  const range = byteRange(request.headers.range, stats.size);
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${stats.size}`);
    return sendError(response, 416);
  }
  const { start, end } = range ?? { start: 0, end: stats.size - 1 };
  if (range) response.setHeader('Content-Range', `bytes ${start}-${end}/${stats.size}`);
  response.writeHead(range ? 206 : 200, { 'Content-Type': contentType, 'Content-Length': end - start + 1 });
  if (request.method === 'HEAD' || stats.size === 0) return void response.end();
  const stream = createReadStream(path, { start, end });
  stream.on('error', (error) => {
    logError(error.message);
    response.destroy();
  });
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

function sendError(response: ServerResponse, status: number): void {
  const title = titles[status] ?? '301 Moved Permanently';
  const page = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
  response.writeHead(status, { 'Content-Type': 'text/html', 'Content-Length': Buffer.byteLength(page) });
  response.end(response.req.method === 'HEAD' ? undefined : page);
}

function logAccess(request: IncomingMessage, response: ServerResponse): void {
  const quoted = (text: string | undefined) =>
    (text ?? '-').replace(/["\\\p{Cc}]/gu, (c) => `\\x${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const { method, url, httpVersion, headers, socket } = request;
  const bytes = response.getHeader('content-length') ?? 0;
  const requestLine = `${method} ${url} HTTP/${httpVersion}`;
  console.log(
    `${socket.remoteAddress?.replace('::ffff:', '') ?? '-'} - - [${logTime(new Date())}] "${quoted(requestLine)}" ${response.statusCode} ${method === 'HEAD' ? 0 : bytes} "${quoted(headers.referer)}" "${quoted(headers['user-agent'])}" "-"`,
  );
}

/** `21/Nov/2026:22:04:05 +0000`. */
function logTime(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

function logError(message: string): void {
  const time = new Date().toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
  console.error(`${time} [error] ${message}`);
}

const server = createServer((request, response) => {
  try {
    serve(request, response);
  } catch (error) {
    logError(error instanceof Error ? error.message : String(error));
    if (response.headersSent) response.destroy();
    else sendError(response, 500);
  }
});
server.listen(environment.port(80), environment.host);
server.on('error', (error) => {
  console.error(`[emerg] ${error.message}`);
  process.exit(1);
});
endOnSignals(() => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
