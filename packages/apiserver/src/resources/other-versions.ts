/**
 * An object in the other versions of its kind: what managed fields need, whose sets are only comparable in the version
 * that their manager writes.
 */
import {
  type ConvertVersion,
  deepCopy,
  isStatusError,
  parseGroupVersion,
  type Unstructured,
  type VersionedObject,
} from '@kindred/machinery';
import type { ResourceRegistry } from './registry.ts';
import type { ServedResource } from './served-resource.ts';

/** Converts between the versions in which the resource is served. */
export function versionConverter(registry: ResourceRegistry, resource: ServedResource): ConvertVersion {
  const versionOf = (apiVersion: string): ServedResource | undefined => {
    if (apiVersion === resource.apiVersion) return resource;
    const { group, version } = parseGroupVersion(apiVersion);
    const found = registry.get(group, version, resource.definition.resource);
    // Groups may have resources of one name that are different things.
    return found?.storageGroup === resource.storageGroup ? found : undefined;
  };
  return (object, apiVersion) => {
    const source = versionOf(object.apiVersion);
    const target = versionOf(apiVersion);
    if (source === undefined || target === undefined) return undefined;
    return convert(object, source, target);
  };
}

function convert(object: Unstructured, source: ServedResource, target: ServedResource): VersionedObject | undefined {
  const schema = target.definition.mergeSchema;
  if (source === target) return { object, schema };
  try {
    return { object: target.fromStorage(source.toStorage(deepCopy(object))), schema };
  } catch (error) {
    // Who wrote in a version that can't be had any more owns nothing any more.
    if (isStatusError(error)) return undefined;
    throw error;
  }
}
