/** Conversion between versions whose fields are the same: only `apiVersion` changes. */
import { formatGroupVersion, type Unstructured } from '@kindred/machinery';
import type { KindDefinition } from '../kind-definition.ts';

type Conversion = NonNullable<KindDefinition['conversion']>;
type GroupVersion = { readonly group: string; readonly version: string };
type Convert = (object: Unstructured) => Unstructured;

/**
 * A conversion that changes `apiVersion` and then applies what else differs. The functions get a shallow copy that they
 * may change; deeper members are shared with the original.
 */
export function conversion(
  version: GroupVersion,
  storage: GroupVersion,
  differences: { toStorage?: Convert; fromStorage?: Convert } = {},
): Conversion {
  const { toStorage = same, fromStorage = same } = differences;
  const stored = formatGroupVersion(storage);
  const shown = formatGroupVersion(version);
  return {
    storage,
    toStorage: (object) => toStorage({ ...object, apiVersion: stored }),
    fromStorage: (object) => fromStorage({ ...object, apiVersion: shown }),
  };
}

function same(object: Unstructured): Unstructured {
  return object;
}
