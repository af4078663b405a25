/**
 * APIServices as Kubernetes 1.7 had them (`apiregistration.k8s.io/v1beta1`): one `priority` from 1 to 1000, lower ones first.
 * From 1.8 on two numbers say it, higher ones first.
 */
import type { Unstructured } from '@kindred/machinery';
import type { APIServiceSpec } from '../gen/types/apiregistration/v1.ts';

/** What groups of custom resources have: an old APIService neither pushes others aside nor hides behind them. */
const groupPriority = 1000;
const most = 1000;

/** Whoever names a `priority` means that order, whatever else an update has kept of the object. */
export function apiServiceToStorage(object: Unstructured): Unstructured {
  // The object has passed `decodeObject`: its spec has the version's shape.
  const { spec } = object as { spec?: APIServiceSpec & { priority?: number } };
  if (spec?.priority === undefined) return object;
  const { priority, ...rest } = spec;
  const versionPriority = Math.min(most, Math.max(1, most + 1 - Number(priority)));
  return { ...object, spec: { ...rest, groupPriorityMinimum: groupPriority, versionPriority } };
}
