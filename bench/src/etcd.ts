/**
 * Debian's etcd 3.4 as a process, and a client of its writes that costs as little as it can: the gRPC messages written by
 * hand over node:http2 without TLS. (The HTTP/JSON gateway takes base64 in JSON and needs several times the CPU.)
 * Messages: etcd's `api/etcdserverpb/rpc.proto`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ClientHttp2Session } from 'node:http2';
import { connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@kindred-conformance/clients';

export interface Etcd {
  readonly pid: number;
  readonly sessions: readonly ClientHttp2Session[];
  stop(): Promise<void>;
}

/** Undefined when there is no etcd on the PATH (Debian package etcd-server). */
export async function startEtcd(sessionCount: number): Promise<Etcd | undefined> {
  const program = (process.env['PATH'] ?? '')
    .split(':')
    .map((directory) => join(directory, 'etcd'))
    .find((file) => existsSync(file));
  if (program === undefined) return undefined;
  const directory = await mkdtemp(join(tmpdir(), 'kindred-bench-etcd-'));
  const [client, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  const flags = {
    'data-dir': directory,
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    'log-level': 'error',
  };
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(program, args, { stdio: 'ignore' });
  await eventually('etcd', async () => ((await fetch(`${client}/health`)).ok ? true : undefined));
  const sessions = Array.from({ length: sessionCount }, () => connect(client));
  await Promise.all(sessions.map((session) => once(session, 'connect')));
  return {
    pid: child.pid ?? -1,
    sessions,
    async stop() {
      for (const session of sessions) session.destroy();
      const ended = once(child, 'exit');
      child.kill();
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Puts the pair whatever was there; resolves when etcd has it on disk. */
export function put(session: ClientHttp2Session, key: string, value: Buffer): Promise<void> {
  return call(session, '/etcdserverpb.KV/Put', putRequest(key, value));
}

/** Puts the pair if the key is new, which is what a create is; resolves when etcd has it on disk. */
export function putNew(session: ClientHttp2Session, key: string, value: Buffer): Promise<void> {
  // Compare { result EQUAL, target CREATE, key, create_revision 0 }: what is 0 is left out, but a oneof's member is not.
  const compare = Buffer.concat([Buffer.from([0x10, 1]), field(3, Buffer.from(key)), Buffer.from([0x28, 0])]);
  const operation = field(2, putRequest(key, value));
  return call(session, '/etcdserverpb.KV/Txn', Buffer.concat([field(1, compare), field(2, operation)]));
}

function call(session: ClientHttp2Session, path: string, message: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
    const stream = session.request(headers);
    stream.on('trailers', (trailers) => {
      if (trailers['grpc-status'] === '0') resolve();
      else reject(new Error(`etcd: ${String(trailers['grpc-message'])}`));
    });
    stream.on('error', reject);
    stream.resume();
    const frame = Buffer.alloc(5);
    frame.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([frame, message]));
  });
}

/** `PutRequest { bytes key = 1; bytes value = 2; }` */
function putRequest(key: string, value: Buffer): Buffer {
  return Buffer.concat([field(1, Buffer.from(key)), field(2, value)]);
}

function field(number: number, bytes: Buffer): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest >= 0x80; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  length.push(rest);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
}

/** A port that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
