/**
 * Whether the store takes writes, for `/readyz`. While all goes well this costs a read; after a write has failed, a small
 * write of its own finds out when the store is well again.
 */

import type { HealthCheck } from '@kindred/apiserver';
import { errorText } from '@kindred/machinery';
import type { Store } from '@kindred/store';
import { StoreError } from '@kindred/store';

/** Outside of what the API server keeps. */
const probeKey = '/kindred/probe';

export interface StoreHealth extends HealthCheck {
  /** Tells of an error that a request ended with; only the store's own errors matter. */
  suspect(error: unknown): void;
}

export function storeHealth(store: Store): StoreHealth {
  let suspected = false;
  return {
    // The name that clients of Kubernetes know.
    name: 'etcd',
    suspect(error) {
      if (error instanceof StoreError && (error.code === 'noSpace' || error.code === 'io')) suspected = true;
    },
    async check() {
      try {
        if (suspected) await write(store);
        else await store.range({ key: probeKey });
        suspected = false;
        return undefined;
      } catch (error) {
        return errorText(error);
      }
    },
  };
}

async function write(store: Store): Promise<void> {
  const put = { type: 'put', key: probeKey, value: new Uint8Array(0) } as const;
  await store.txn({ compare: [], success: [put], failure: [] });
}
