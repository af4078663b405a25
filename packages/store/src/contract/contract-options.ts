/** What the contract's suite needs of a driver. */
import type { Clock } from '@kindred/machinery';
import type { Store } from '../port.ts';

export interface ContractOptions {
  /** Opens an empty store whose leases live by this clock. The suite closes it. */
  open(options: { clock: Clock }): Promise<Store>;
}
