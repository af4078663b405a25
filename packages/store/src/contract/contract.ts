/**
 * What every driver of the port must do, as tests. A driver's own test file calls `storeContract` with a way to open an
 * empty store; so can drivers outside this package.
 */
import { compactionContract } from './compaction.ts';
import type { ContractOptions } from './contract-options.ts';
import { leaseContract } from './leases.ts';
import { rangeContract } from './ranges.ts';
import { txnContract } from './transactions.ts';
import { watchContract } from './watches.ts';

/**
 * Registers the suite with `node:test`.
 *
 * @example storeContract('memory', { open: async ({ clock }) => openMemoryStore({ clock }) });
 */
export function storeContract(driver: string, options: ContractOptions): void {
  rangeContract(driver, options);
  txnContract(driver, options);
  watchContract(driver, options);
  compactionContract(driver, options);
  leaseContract(driver, options);
}
