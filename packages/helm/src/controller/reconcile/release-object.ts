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
  conditions?: Condition[];
};

export type Snapshot = NonNullable<ReleaseStatus['history']>[number];

export type ReleaseObject = Observed<KubeObject & { status?: ReleaseStatus }>;
