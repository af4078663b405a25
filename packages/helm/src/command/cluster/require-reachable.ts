/** The first request of every command: a cluster that can't be asked is an error of its own. */
import type { Client } from '@kindred/client';
import { errorText } from '@kindred/machinery';
import { unreachable } from './kubeconfig.ts';

/** Throws CommandError `kubernetes cluster unreachable: …`. */
export async function requireReachable(client: Client, signal: AbortSignal): Promise<void> {
  try {
    await client.raw({ method: 'GET', path: '/version', signal });
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(errorText(error), error);
  }
}
