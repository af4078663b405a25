/**
 * Objects of a source as the objects that lists, selectors, Tables and watch lines are made of.
 */
import { encodeJson, type KubeObject, type Unstructured } from '@kindred/machinery';
import type { ServedRequest } from '../resources/resource-request.ts';
import type { ServedResource } from '../resources/served-resource.ts';
import { DecodedObjects } from '../storage/decoded-objects.ts';
import { StoredObject } from '../storage/stored-object.ts';
import type { SourceObject } from './virtual-source.ts';

/** What a request says of the objects that it is about. */
type About = Pick<ServedRequest, 'resource' | 'namespace'>;

/** The object with the type and the namespace that the request gives it, in the order in which objects are written. */
export function typedObject(object: SourceObject, { resource, namespace }: About): Unstructured {
  const { apiVersion: _apiVersion, kind: _kind, metadata: own, ...rest } = object;
  const metadata = own.namespace === undefined && namespace !== '' ? { ...own, namespace } : own;
  return { kind: resource.definition.kind, apiVersion: resource.apiVersion, metadata, ...rest };
}

/** The same for an object of whatever kind: one that says none gets the resource's. */
export function answeredObject(object: Partial<KubeObject>, { apiVersion, definition }: ServedResource): object {
  return { kind: definition.kind, apiVersion, ...object };
}

/** Makes the shown form of objects; decoded ones are kept for as long as the answer is being made. */
export class VirtualObjects {
  readonly #about: About;
  readonly #decoded = new DecodedObjects(decodedBytes);

  constructor(about: About) {
    this.#about = about;
  }

  show(source: SourceObject): StoredObject {
    const object = typedObject(source, this.#about);
    const { namespace = '', name = '', resourceVersion } = object.metadata;
    const revision = /^\d{1,15}$/.test(resourceVersion ?? '') ? Number(resourceVersion) : 0;
    const shown = new StoredObject({ namespace, name }, encodeJson(object), revision, this.#decoded);
    this.#decoded.add(shown, object);
    return shown;
  }
}

const decodedBytes = 1024 * 1024;
