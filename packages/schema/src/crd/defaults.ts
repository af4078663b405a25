/**
 * Defaults of a CustomResourceDefinition (`apiextensions.k8s.io/v1`).
 */
import type { CustomResourceDefinition, CustomResourceDefinitionNames } from './custom-resource-definition.ts';

/**
 * Fills the defaults of a definition in, in place: singular and listKind from the kind, conversion strategy None, the
 * port of a conversion webhook's service, and `storedVersions` with the storage version.
 */
export function setCustomResourceDefinitionDefaults(crd: CustomResourceDefinition): void {
  const { spec } = crd;
  defaultNames(spec.names);
  spec.conversion ??= { strategy: 'None' };
  const service = spec.conversion.webhook?.clientConfig?.service;
  if (service !== undefined) service.port ??= 443;
}

/** What a new definition's status starts with: the storage version has stored objects from now on. */
export function initialStoredVersions(crd: CustomResourceDefinition): string[] {
  return crd.spec.versions.filter((version) => version.storage).map((version) => version.name);
}

function defaultNames(names: CustomResourceDefinitionNames): void {
  if ((names.singular ?? '') === '') names.singular = names.kind.toLowerCase();
  if ((names.listKind ?? '') === '' && names.kind !== '') names.listKind = `${names.kind}List`;
}
