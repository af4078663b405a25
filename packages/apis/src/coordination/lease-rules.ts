/** Leases: heartbeats of nodes and locks of leaders. */
import type { Lease } from '../gen/types/coordination/v1.ts';
import type { KindRules } from '../kind-rules.ts';
import { leaseCells } from '../printing/other-cells.ts';
import { validateLease } from '../validation/small-kinds.ts';

export const leaseRules: KindRules<Lease> = {
  validate: validateLease,
  cells: leaseCells,
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
};
