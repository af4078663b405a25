/** The real API server in process, over the memory store, for one test; everybody may do everything. */
import type { TestContext } from 'node:test';
import { builtinKinds } from '@kindred/apis';
import {
  type ApiServerOptions,
  type ApiStorage,
  alwaysAllow,
  createApiServer,
  openApiStorage,
} from '@kindred/apiserver';
import { type Client, createClient, type Transport } from '@kindred/client';
import { openMemoryStore } from '@kindred/store';

export interface InProcessApi {
  readonly transport: Transport;
  /** A person in front of the cluster. */
  readonly client: Client;
  /** Faults of the server, with their stacks. */
  readonly faults: string[];
}

export interface InProcessOptions {
  readonly admission?: (storage: ApiStorage) => Promise<NonNullable<ApiServerOptions['admission']>>;
  /** Closes what uses the server, before the server closes. */
  readonly beforeClose?: () => Promise<void>;
}

/** @param t closes it all at the test's end */
export async function inProcessApi(
  t: Pick<TestContext, 'after'>,
  { admission, beforeClose }: InProcessOptions = {},
): Promise<InProcessApi> {
  const store = openMemoryStore();
  const storage = await openApiStorage({ store });
  const faults: string[] = [];
  const api = await createApiServer({
    storage,
    kinds: builtinKinds(),
    authenticators: [],
    authorizer: alwaysAllow,
    ...(admission === undefined ? {} : { admission: await admission(storage) }),
    reportFault: ({ error }) => faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });
  t.after(async () => {
    await beforeClose?.();
    await api.close();
    await storage.close();
    await store.close();
  });
  const transport = api.transport({ username: 'tester', groups: ['system:masters', 'system:authenticated'] });
  return { transport, client: createClient(transport, { userAgent: 'person' }), faults };
}
