/**
 * Objects of a source as the objects that lists, selectors, Tables and watch lines are made of.
 */
import { encodeJson, type KubeObject, type Unstructured } from '@kindred/machinery';
import type { ServedResource } from '../resources/served-resource.ts';
import { DecodedObjects } from '../storage/decoded-objects.ts';
import { StoredObject } from '../storage/stored-object.ts';
import type { SourceObject } from './virtual-source.ts';

/** The object with the type that the resource gives it, in the order in which objects are written. */
export function typedObject(object: SourceObject, { apiVersion, definition }: ServedResource): Unstructured {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
  return { kind: definition.kind, apiVersion, metadata, ...rest };
}

/** The same for an object of whatever kind: one that says none gets the resource's. */
export function answeredObject(object: Partial<KubeObject>, { apiVersion, definition }: ServedResource): object {
  return { kind: definition.kind, apiVersion, ...object };
}

/** Makes the shown form of objects; decoded ones are kept for as long as the answer is being made. */
export class VirtualObjects {
  readonly #resource: ServedResource;
  readonly #decoded = new DecodedObjects(decodedBytes);

  constructor(resource: ServedResource) {
    this.#resource = resource;
  }

  show(source: SourceObject): StoredObject {
    const object = typedObject(source, this.#resource);
    const { namespace = '', name = '', resourceVersion } = object.metadata;
    const revision = /^\d{1,15}$/.test(resourceVersion ?? '') ? Number(resourceVersion) : 0;
    const shown = new StoredObject({ namespace, name }, encodeJson(object), revision, this.#decoded);
    this.#decoded.add(shown, object);
    return shown;
  }
}

const decodedBytes = 1024 * 1024;
