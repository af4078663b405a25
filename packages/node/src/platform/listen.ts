/** Starts a TCP server, as every one of this package is started: to the first connection, or to the reason why not. */
import type { AddressInfo, ListenOptions, Server } from 'node:net';

/** Gives the port. Rejects when the address can't be listened on. */
export async function listen(server: Server, options: ListenOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      // From now on an error is a connection that could not be accepted, for want of descriptors: the client will notice.
      server.off('error', reject).on('error', () => {});
      resolve();
    });
  });
  // A TCP server's address is an object.
  return (server.address() as AddressInfo).port;
}
