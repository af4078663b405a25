/**
 * `x-kubernetes-embedded-resource`: an object inside another one that must itself be a Kubernetes object: apiVersion,
 * kind, and metadata of the right shape.
 */
import { type FieldError, invalidValue, isJsonObject, type JsonObject, required } from '@kindred/machinery';
import { isDns1035Label } from './dns-names.ts';
import { metadataShapeErrors } from './object-meta.ts';

/** Appends the errors of an embedded object's apiVersion, kind and metadata. */
export function embeddedResourceErrors(object: JsonObject, path: string, out: FieldError[]): void {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  apiVersionErrors(object['apiVersion'], at('apiVersion'), out);
  kindErrors(object['kind'], at('kind'), out);
  const metadata = object['metadata'];
  if (metadata === undefined) return;
  if (!isJsonObject(metadata)) out.push(invalidValue(at('metadata'), metadata, 'must be an object'));
  else metadataShapeErrors(metadata, at('metadata'), out);
}

function apiVersionErrors(value: unknown, path: string, out: FieldError[]): void {
  if (value === undefined || value === '') out.push(required(path));
  else if (typeof value !== 'string') out.push(invalidValue(path, value, 'must be a string'));
  else if (value.split('/').length > 2) {
    out.push(invalidValue(path, value, `unexpected GroupVersion string: ${value}`));
  }
}

function kindErrors(value: unknown, path: string, out: FieldError[]): void {
  if (value === undefined || value === '') out.push(required(path));
  else if (typeof value !== 'string') out.push(invalidValue(path, value, 'must be a string'));
  else {
    const errors = isDns1035Label(value.toLowerCase());
    if (errors.length > 0) {
      out.push(invalidValue(path, value, `may have mixed case, but should otherwise match: ${errors.join(',')}`));
    }
  }
}
