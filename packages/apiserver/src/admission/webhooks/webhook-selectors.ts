/**
 * Whether a webhook's selectors want the request: `namespaceSelector` by the labels of the object's namespace,
 * `objectSelector` by those of the object as it was or as it is to be.
 */
import { notFound, type Unstructured } from '@kindred/machinery';
import type { ResourceStorage } from '../../storage/resource-storage.ts';
import type { AdmissionAttributes } from '../plugin.ts';
import type { Webhook } from './webhook.ts';

/** @throws StatusError 404 when the namespace that must be looked at isn't there. */
export function selectorsMatch(
  { namespaceSelector, objectSelector }: Webhook,
  attributes: AdmissionAttributes,
  namespaces: ResourceStorage,
): boolean {
  if (!objectSelector.isEmpty && ![attributes.object, attributes.oldObject].some((object) => wants(object)))
    return false;
  if (namespaceSelector.isEmpty) return true;
  const labels = namespaceLabels(attributes, namespaces);
  return labels === 'none' || namespaceSelector.matches(labels);

  function wants(object: Unstructured | undefined): boolean {
    return object !== undefined && objectSelector.matches(object.metadata.labels);
  }
}

type Labels = Readonly<Record<string, string>>;

/** `none` for cluster-scoped objects, which no selector for namespaces keeps out. */
function namespaceLabels(attributes: AdmissionAttributes, namespaces: ResourceStorage): Labels | 'none' {
  const { resource, subresource, operation, object, namespace, name } = attributes;
  const isNamespace = resource.group === '' && resource.resource === 'namespaces';
  // What the write makes of a namespace counts already.
  if (isNamespace && subresource === '' && operation !== 'DELETE') return object?.metadata.labels ?? {};
  const looked = isNamespace ? name : namespace;
  if (looked === '') return 'none';
  const stored = namespaces.get('', looked);
  if (stored === undefined) throw notFound({ group: '', resource: 'namespaces' }, looked);
  return stored.labels;
}
