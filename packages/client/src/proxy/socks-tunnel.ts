/** The part of SOCKS version 5 (RFC 1928) that a client needs: CONNECT by name or address, with or without a password. */
import { connect, isIP, type Socket } from 'node:net';

export interface TunnelTarget {
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
}

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const PASSWORD = 2;

const REPLIES: Readonly<Record<number, string>> = {
  1: 'general SOCKS server failure',
  2: 'connection not allowed by ruleset',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'TTL expired',
  7: 'command not supported',
  8: 'address type not supported',
};

/** Rejects with what the proxy said, or why it couldn't be reached. */
export async function socksTunnel(target: TunnelTarget, proxy: URL, signal?: AbortSignal): Promise<Socket> {
  const host = proxy.hostname.replace(/^\[|\]$/g, '');
  const port = proxy.port === '' ? 1080 : Number(proxy.port);
  signal?.throwIfAborted();
  const socket = connect({ host, port });
  // Whoever reads or writes hears of failures; between the two nobody does.
  socket.on('error', () => undefined);
  const onAbort = (): void => void socket.destroy(new Error('the connection was given up'));
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const read = reader(socket);
    await greet(socket, read, proxy);
    await ask(socket, read, target);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

type Read = (length: number) => Promise<Buffer>;

/** Reads so many bytes, and leaves what comes after them in the socket. */
function reader(socket: Socket): Read {
  return (length) =>
    new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        socket.off('readable', onReadable).off('error', onError).off('end', onEnd);
        finish();
      };
      const onReadable = (): void => {
        const data: unknown = socket.read(length);
        if (Buffer.isBuffer(data) && data.length === length) settle(() => resolve(data));
      };
      const onError = (error: Error): void => settle(() => reject(error));
      const onEnd = (): void => settle(() => reject(new Error('socks connect tcp: the proxy closed the connection')));
      socket.on('readable', onReadable).on('error', onError).on('end', onEnd);
      onReadable();
    });
}

async function greet(socket: Socket, read: Read, proxy: URL): Promise<void> {
  const hasUser = proxy.username !== '';
  const methods = hasUser ? [NO_AUTHENTICATION, PASSWORD] : [NO_AUTHENTICATION];
  socket.write(Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method] = await read(2);
  if (version !== VERSION) throw new Error(`socks connect tcp: unexpected protocol version ${version}`);
  if (method === NO_AUTHENTICATION) return;
  if (method !== PASSWORD || !hasUser) throw new Error('socks connect tcp: no acceptable authentication methods');
  const user = Buffer.from(decodeURIComponent(proxy.username));
  const password = Buffer.from(decodeURIComponent(proxy.password));
  if (user.length > 255 || password.length > 255) throw new Error('socks connect tcp: invalid username/password');
  socket.write(Buffer.concat([Buffer.from([1, user.length]), user, Buffer.from([password.length]), password]));
  const [, status] = await read(2);
  if (status !== 0) throw new Error('socks connect tcp: username/password authentication failed');
}

async function ask(socket: Socket, read: Read, { host, port }: TunnelTarget): Promise<void> {
  socket.write(Buffer.concat([Buffer.from([VERSION, 1, 0]), addressBytes(host), Buffer.from([port >> 8, port & 255])]));
  const [version, reply = 1, , type] = await read(4);
  if (version !== VERSION) throw new Error(`socks connect tcp: unexpected protocol version ${version}`);
  if (reply !== 0) throw new Error(`socks connect tcp: ${REPLIES[reply] ?? `unknown code: ${reply}`}`);
  // The address that the proxy connects from is of no use here, but stands before what the target sends.
  const length = type === 1 ? 4 : type === 4 ? 16 : ((await read(1))[0] ?? 0);
  await read(length + 2);
}

function addressBytes(host: string): Buffer {
  const family = isIP(host);
  if (family === 4) return Buffer.from([1, ...host.split('.').map(Number)]);
  // An IPv6 address goes as a name: proxies read those too.
  const name = Buffer.from(host);
  if (name.length > 255) throw new Error('socks connect tcp: FQDN too long');
  return Buffer.concat([Buffer.from([3, name.length]), name]);
}
