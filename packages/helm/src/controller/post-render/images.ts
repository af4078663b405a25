/** Other images for containers: kustomize's `images`, in every list named containers or initContainers. */
import { isJsonObject, type JsonObject, type JsonValue } from '@kindred/machinery';
import type { ImageChange } from '../intent/release-intent.ts';

const CONTAINER_LISTS = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** The same object when nothing changes. */
export function changeImages<T extends JsonObject>(object: T, changes: readonly ImageChange[]): T {
  let result = object;
  for (const [name, value] of Object.entries(object)) {
    const changed =
      CONTAINER_LISTS.has(name) && Array.isArray(value)
        ? mapSame(value, (container) => changeContainer(container, changes))
        : changeInside(value, changes);
    if (changed !== value) result = { ...result, [name]: changed };
  }
  return result;
}

function changeInside(value: JsonValue, changes: readonly ImageChange[]): JsonValue {
  if (Array.isArray(value)) return mapSame(value, (item) => changeInside(item, changes));
  return isJsonObject(value) ? changeImages(value, changes) : value;
}

function changeContainer(container: JsonValue, changes: readonly ImageChange[]): JsonValue {
  if (!isJsonObject(container) || typeof container['image'] !== 'string') return container;
  const image = changes.reduce(changedImage, container['image']);
  return image === container['image'] ? container : { ...container, image };
}

/** `registry:5000/name:tag@sha256:…` with the parts that a change gives, when it is about this name. */
export function changedImage(image: string, { name, newName, newTag, digest }: ImageChange): string {
  const match = /^([^@]*?)(?::([^:/@]+))?(?:@(.+))?$/.exec(image);
  if (match === null || match[1] !== name) return image;
  const [, , oldTag, oldDigest] = match;
  const base = newName ?? name;
  if (digest !== undefined) return `${base}${newTag === undefined ? '' : `:${newTag}`}@${digest}`;
  if (newTag !== undefined) return `${base}:${newTag}`;
  return `${base}${oldTag === undefined ? '' : `:${oldTag}`}${oldDigest === undefined ? '' : `@${oldDigest}`}`;
}

function mapSame(list: JsonValue[], change: (item: JsonValue) => JsonValue): JsonValue[] {
  const changed = list.map(change);
  return changed.some((item, index) => item !== list[index]) ? changed : list;
}
