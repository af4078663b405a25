/**
 * The scale subresource of a custom resource: `autoscaling/v1` Scale, read from and written to the paths that the
 * definition names. Paths are plain dot notation.
 */
import { isJsonObject, type JsonValue, setMember, type Unstructured } from '@kindred/machinery';
import type { ScaleSubresource } from './custom-resource-definition.ts';

/** What a Scale shows of the object; `specReplicas` is undefined when the object doesn't have the field. */
export interface ScaleValues {
  readonly specReplicas: number | undefined;
  readonly statusReplicas: number;
  readonly selector: string;
}

/** `.spec.replicas` → `['spec', 'replicas']`. */
function dotPath(path: string): string[] {
  return path.split('.').filter((part) => part !== '');
}

/** Reads the three values of a Scale from the object. */
export function readScale(scale: ScaleSubresource, object: Unstructured): ScaleValues {
  const specReplicas = valueAt(object, dotPath(scale.specReplicasPath));
  const statusReplicas = valueAt(object, dotPath(scale.statusReplicasPath));
  const selector = scale.labelSelectorPath === undefined ? '' : valueAt(object, dotPath(scale.labelSelectorPath));
  return {
    specReplicas: isWhole(specReplicas) ? Number(specReplicas) : undefined,
    statusReplicas: isWhole(statusReplicas) ? Number(statusReplicas) : 0,
    selector: typeof selector === 'string' ? selector : '',
  };
}

/** Sets the number of wanted replicas, in place; objects on the way are made when they are missing. */
export function writeScaleReplicas(scale: ScaleSubresource, object: Unstructured, replicas: number): void {
  const parts = dotPath(scale.specReplicasPath);
  const last = parts.pop();
  if (last === undefined) return;
  let current: Record<string, unknown> = object;
  for (const part of parts) {
    const next = Object.hasOwn(current, part) ? current[part] : undefined;
    if (isJsonObject(next)) current = next;
    else {
      const made: Record<string, JsonValue> = {};
      setMember(current, part, made);
      current = made;
    }
  }
  setMember(current, last, replicas);
}

function valueAt(object: unknown, parts: readonly string[]): unknown {
  let current = object;
  for (const part of parts) {
    if (!isJsonObject(current) || !Object.hasOwn(current, part)) return undefined;
    current = current[part];
  }
  return current;
}

function isWhole(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isInteger(value);
}
