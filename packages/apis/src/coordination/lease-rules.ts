/** Leases: heartbeats of nodes and locks of leaders. */
import type { Lease } from '../gen/types/coordination/v1.ts';
import type { KindRules } from '../kind-rules.ts';

export const leaseRules: KindRules<Lease> = {
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
};
