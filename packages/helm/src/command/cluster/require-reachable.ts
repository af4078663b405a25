/** The first request of every command: a cluster that can't be asked is an error of its own. */
import type { Client } from '@kindred/client';

/** Throws CommandError `kubernetes cluster unreachable: …`. */
export async function requireReachable(client: Client, signal: AbortSignal): Promise<void> {
  await client.raw({ method: 'GET', path: '/version', signal });
}
