/**
 * The selectors of a request's query as a selection of stored objects ("Labels and Selectors", "Field Selectors",
 * Kubernetes documentation).
 */
import type { KindDefinition } from '@kindred/apis';
import { fieldLabelNotSupported, parseFieldSelector, parseLabelSelector, type Unstructured } from '@kindred/machinery';
import type { Selection } from '../storage/selection.ts';
import { workingResource } from './incoming-object.ts';
import type { ServedRequest } from './resource-request.ts';

const extractors = new WeakMap<KindDefinition, (object: Unstructured) => Record<string, string>>();
const always = new Set(['metadata.name', 'metadata.namespace']);

/**
 * What the request selects: namespace and name of the path, labelSelector and fieldSelector.
 *
 * @throws StatusError 400 for a selector that can't be read, or a field that the kind doesn't offer.
 */
export function selectionOf(request: ServedRequest): Selection {
  const { exchange, namespace } = request;
  const inNamespace = namespace === '' ? {} : { namespace };
  if (exchange.request.rawQuery === '') return inNamespace;
  const { query } = exchange.request;
  const labels = query.get('labelSelector') ?? '';
  const selector = labels === '' ? undefined : parseLabelSelector(labels);
  return {
    ...inNamespace,
    ...(selector === undefined || selector.isEmpty ? {} : { matchesLabels: (found) => selector.matches(found) }),
    ...fieldSelection(request, query.get('fieldSelector') ?? ''),
  };
}

function fieldSelection(request: ServedRequest, text: string): Pick<Selection, 'name' | 'fields'> {
  const selector = parseFieldSelector(text);
  if (selector.isEmpty) return {};
  const { definition } = workingResource(request.resource, (...names) => request.server.registry.get(...names));
  const extract = extractorOf(definition);
  const known = extract({ apiVersion: '', kind: definition.kind, metadata: {} });
  for (const { field } of selector.terms) {
    if (!always.has(field) && !Object.hasOwn(known, field)) throw fieldLabelNotSupported(field);
  }
  const name = selector.exactValue('metadata.name');
  const onlyName = name !== undefined && selector.terms.length === 1;
  if (onlyName) return { name };
  return {
    ...(name === undefined ? {} : { name }),
    fields: { extract, matches: (fields) => selector.matches(fields) },
  };
}

/** One function for each kind, since stored objects remember what it gave. */
function extractorOf(definition: KindDefinition): (object: Unstructured) => Record<string, string> {
  let extract = extractors.get(definition);
  if (extract === undefined) {
    extract = (object) => definition.selectableFields(object);
    extractors.set(definition, extract);
  }
  return extract;
}
