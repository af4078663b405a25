/**
 * Which resources this server serves now. Built-in kinds are there from the start; CustomResourceDefinitions add and
 * remove theirs at run time. Discovery and OpenAPI are made from it anew when `generation` has moved.
 */
import type { ServedResource } from './served-resource.ts';

export interface ServedGroupVersion {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly ServedResource[];
}

export class ResourceRegistry {
  readonly #resources = new Map<string, ServedResource>();
  #generation = 0;
  #groupVersions: readonly ServedGroupVersion[] | undefined;
  #listener: (() => void) | undefined;

  /** Calls `listener` after every change from now on; there is one place for one. */
  onChange(listener: (() => void) | undefined): void {
    this.#listener = listener;
  }

  /** Grows with every change. */
  get generation(): number {
    return this.#generation;
  }

  /** Serves the resource from now on, in place of one with the same names. The old one's watches end. */
  add(resource: ServedResource): void {
    const { group, version, resource: plural } = resource.definition;
    const key = keyOf(group, version, plural);
    this.#resources.get(key)?.withdraw();
    this.#resources.set(key, resource);
    this.#changed();
  }

  /** Serves the resource no longer; its watches end. */
  remove(resource: ServedResource): void {
    const { group, version, resource: plural } = resource.definition;
    const key = keyOf(group, version, plural);
    resource.withdraw();
    if (this.#resources.get(key) === resource) this.#resources.delete(key);
    this.#changed();
  }

  /** Tells that something about a served resource has changed that discovery shows. */
  touch(): void {
    this.#changed();
  }

  get(group: string, version: string, resource: string): ServedResource | undefined {
    return this.#resources.get(keyOf(group, version, resource));
  }

  /** The resource that serves a kind; undefined when none does. */
  findKind(group: string, version: string, kind: string): ServedResource | undefined {
    for (const resource of this.#resources.values()) {
      const { definition } = resource;
      if (definition.kind === kind && definition.group === group && definition.version === version) return resource;
    }
    return undefined;
  }

  /** Every group and version with its resources, in order of registration. */
  groupVersions(): readonly ServedGroupVersion[] {
    this.#groupVersions ??= collectGroupVersions(this.#resources.values());
    return this.#groupVersions;
  }

  all(): Iterable<ServedResource> {
    return this.#resources.values();
  }

  #changed(): void {
    this.#generation++;
    this.#groupVersions = undefined;
    this.#listener?.();
  }
}

function keyOf(group: string, version: string, resource: string): string {
  return `${group}/${version}/${resource}`;
}

function collectGroupVersions(resources: Iterable<ServedResource>): readonly ServedGroupVersion[] {
  const found = new Map<string, { group: string; version: string; resources: ServedResource[] }>();
  for (const resource of resources) {
    const { group, version } = resource.definition;
    const key = `${group}/${version}`;
    const entry = found.get(key);
    if (entry === undefined) found.set(key, { group, version, resources: [resource] });
    else entry.resources.push(resource);
  }
  return [...found.values()];
}
