/** The connection of a command to its cluster. Whoever opens it closes it. */
import { type Client, createClient, createHttpTransport, type Transport } from '@kindred/client';
import type { CommandContext } from '../command.ts';
import { clusterConnection } from './kubeconfig.ts';
import { limitRequests } from './limit-requests.ts';
import { sayWhyUnreachable } from './unreachable.ts';

export interface ClusterAccess {
  readonly client: Client;
  /** The namespace of the command. */
  readonly namespace: string;
  /** What else is to be closed with it. */
  atClose(work: () => Promise<void>): void;
  close(): Promise<void>;
}

/** Throws CommandError when the settings name no cluster; nothing is sent yet. */
async function connectCluster(context: CommandContext): Promise<ClusterAccess> {
  const { settings, clock, log } = context;
  const connection = await clusterConnection(context);
  const http = createHttpTransport({ ...connection, clock });
  const transport: Transport = limitRequests(sayWhyUnreachable(http, connection.server), settings, clock);
  const closing: (() => Promise<void>)[] = [];
  return {
    client: createClient(transport, {
      userAgent: 'Helm/4.1.4',
      fieldManager: 'helm',
      clock,
      onWarning: (text) => log.warn(text),
    }),
    namespace: settings.namespace === '' ? connection.namespace : settings.namespace,
    atClose: (work) => closing.push(work),
    close: async () => {
      await Promise.all(closing.map((work) => work()));
      await http.close();
    },
  };
}

/** Connects, works, and closes the connection however it ends. */
export async function withCluster<T>(
  context: CommandContext,
  work: (cluster: ClusterAccess) => Promise<T>,
): Promise<T> {
  const cluster = await connectCluster(context);
  try {
    return await work(cluster);
  } finally {
    await cluster.close();
  }
}
