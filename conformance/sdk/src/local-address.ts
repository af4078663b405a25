/** Where pods of a test listen: an address that endpoints may have, and a port that nobody else uses. */
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

/** An address of this machine that endpoints may have: loopback ones are refused. */
export function localAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

/** A port that was free a moment ago: pods of one Service listen on a port that is agreed on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
