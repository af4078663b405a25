/**
 * A strategy's `admit` as a plugin of the API server.
 */
import type { AdmissionAttributes, AdmissionPlugin } from '@kindred/apiserver';
import type { KubeObject, Unstructured } from '@kindred/machinery';
import { type CallContext, callBase } from './call-of-request.ts';
import type { StoredResource } from './stored-resource.ts';

/** Undefined for a strategy without `admit`. */
export function storedAdmission(resource: StoredResource, context: CallContext): AdmissionPlugin | undefined {
  if (resource.admit === undefined) return undefined;
  const { group, plural } = resource.kind;
  return {
    name: `${plural}.${group}`,
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    handles: (otherGroup, otherPlural) => otherGroup === group && otherPlural === plural,
    admit: (attributes) => admit(resource, attributes, context),
  };
}

function admit(resource: StoredResource, attributes: AdmissionAttributes, context: CallContext): void | Promise<void> {
  const { operation, oldObject, name, subresource, dryRun } = attributes;
  const object = attributes.object ?? oldObject;
  if (object === undefined || operation === 'CONNECT') return;
  // Subresources of other kinds than the resource's own are their handlers' business.
  if (object['kind'] !== resource.kind.kind) return;
  const old = operation === 'DELETE' ? object : oldObject;
  const call = { operation, object: kubeObject(object), old: old && kubeObject(old), name, subresource, dryRun };
  return resource.admit?.(Object.assign(callBase(attributes, context), call));
}

function kubeObject(object: Unstructured): KubeObject {
  return object;
}
