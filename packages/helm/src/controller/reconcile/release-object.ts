/** The objects that releases are made for, whatever their kind: what all of them have in common. */
import type { KubeObject, Observed } from '@kindred/machinery';
import type { Condition, ObservedField } from '@kindred/schema';
import type { statusFields } from '../kinds/release-status.ts';

type Fields = typeof statusFields;

/** What a controller keeps in an object's status. */
export type ReleaseStatus = {
  [K in keyof Fields]?: ObservedField<Fields[K]>;
} & {
  driftedObjects?: string[];
  plan?: Plan;
  conditions?: Condition[];
};

export type Snapshot = NonNullable<ReleaseStatus['history']>[number];

/** What waits for approval. */
export interface Plan {
  digest: string;
  base: number;
  summary: string;
  changes: string[];
  configMap: string;
}

export type ReleaseObject = Observed<KubeObject & { status?: ReleaseStatus }>;
