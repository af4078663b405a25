/** Says of requests that never reached a server what helm says: `Get "https://…": dial tcp …: connect: connection refused`. */
import { ProxyError, type Transport, type TransportRequest } from '@kindred/client';
import { errorText } from '@kindred/machinery';
import { quote } from '../../go/quote.ts';
import { CommandError } from '../command-error.ts';

export function sayWhyUnreachable(transport: Transport, server: string): Transport {
  return {
    request: async (request) => {
      try {
        return await transport.request(request);
      } catch (error) {
        if (request.signal?.aborted === true) throw error;
        const problem = `${verb(request)} ${quote(server + request.path)}: ${reason(error, server)}`;
        throw new CommandError(problem, { cause: error });
      }
    },
    close: () => transport.close(),
  };
}

function verb({ method }: TransportRequest): string {
  return `${method[0] ?? ''}${method.slice(1).toLowerCase()}`;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ENETUNREACH: 'connect: network is unreachable',
  EHOSTUNREACH: 'connect: no route to host',
  ETIMEDOUT: 'connect: connection timed out',
};

function reason(error: unknown, server: string): string {
  for (let cause = error; cause instanceof Error; cause = firstCause(cause)) {
    if (cause instanceof ProxyError) return proxyReason(cause, server);
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    const known = REASONS[code];
    if (known !== undefined) return `dial tcp ${addressOf(cause, server)}: ${known}`;
    if (code === 'ENOTFOUND') return `dial tcp: lookup ${new URL(server).hostname}: no such host`;
  }
  return errorText(error);
}

function proxyReason(error: ProxyError, server: string): string {
  return error.cause === undefined ? error.message : `proxyconnect tcp: ${reason(error.cause, server)}`;
}

/** Node collects the failures of all addresses of a host in one error. */
function firstCause(error: Error): unknown {
  if (error.cause !== undefined) return error.cause;
  return error instanceof AggregateError ? error.errors.at(-1) : undefined;
}

function addressOf(error: Error, server: string): string {
  const { hostname, port } = new URL(server);
  const address = 'address' in error ? String(error.address) : hostname;
  const number = 'port' in error ? String(error.port) : port;
  return address.includes(':') ? `[${address}]:${number}` : `${address}:${number}`;
}
