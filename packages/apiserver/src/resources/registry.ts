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
  /** The same by their plural names alone: every request asks, and to put a key together costs it more than to look through these. */
  readonly #byPlural = new Map<string, readonly ServedResource[]>();
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
    const replaced = this.#resources.get(key);
    replaced?.withdraw();
    this.#resources.set(key, resource);
    this.#byPlural.set(plural, [...this.#others(plural, replaced), resource]);
    this.#changed();
  }

  /** Serves the resource no longer; its watches end. */
  remove(resource: ServedResource): void {
    const { group, version, resource: plural } = resource.definition;
    const key = keyOf(group, version, plural);
    resource.withdraw();
    if (this.#resources.get(key) === resource) this.#resources.delete(key);
    this.#byPlural.set(plural, this.#others(plural, resource));
    this.#changed();
  }

  /** Tells that something about a served resource has changed that discovery shows. */
  touch(): void {
    this.#changed();
  }

  get(group: string, version: string, resource: string): ServedResource | undefined {
    const named = this.#byPlural.get(resource);
    if (named !== undefined) {
      for (const served of named) {
        const { definition } = served;
        if (definition.group === group && definition.version === version) return served;
      }
    }
    return undefined;
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

  #others(plural: string, resource: ServedResource | undefined): ServedResource[] {
    return (this.#byPlural.get(plural) ?? []).filter((other) => other !== resource);
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
