/** Passes DNS questions on to the machine's resolvers, one after another, each with a time limit. */

import { createSocket } from 'node:dgram';
import { errorText } from '@kindred/machinery';

export interface Upstream {
  /** The answer as it came. Rejects when no resolver answers. */
  ask(message: Buffer): Promise<Buffer>;
}

const timeoutMs = 2_000;

export function createUpstream(resolvers: readonly string[]): Upstream {
  return {
    async ask(message) {
      const failures: string[] = [];
      for (const resolver of resolvers) {
        try {
          return await askOne(message, resolver);
        } catch (error) {
          failures.push(`${resolver}: ${errorText(error)}`);
        }
      }
      throw new Error(failures.join('; ') || 'this machine names no resolver');
    },
  };
}

/** An answer counts only when it comes from where the question went and carries its id. */
function askOne(message: Buffer, resolver: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(resolver.includes(':') ? 'udp6' : 'udp4');
    const timer = setTimeout(() => finish(() => reject(new Error('no answer in time'))), timeoutMs);
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      socket.close();
      settle();
    };
    socket.on('error', (error) => finish(() => reject(error)));
    socket.on('message', (answer) => {
      if (answer.subarray(0, 2).equals(message.subarray(0, 2))) finish(() => resolve(answer));
    });
    // Without a callback, which would also be called when the resolver can't be reached; then there is an error event.
    socket.once('connect', () => socket.send(message));
    socket.connect(53, resolver);
  });
}
