/** The same map under another Go type: what is set in one is seen in the other (`.Values` of a dependency is a table of its parent's). */
import { type GoFunction, GoMap, type GoValue } from './value.ts';

class GoMapView extends GoMap {
  readonly #map: GoMap;

  constructor(map: GoMap, type: string, methods: ReadonlyMap<string, GoFunction> | undefined) {
    super(null, type, methods);
    this.#map = map;
  }

  override get size(): number {
    return this.#map.size;
  }

  override get(key: string): GoValue {
    return this.#map.get(key);
  }

  override has(key: string): boolean {
    return this.#map.has(key);
  }

  override set(key: string, value: GoValue): this {
    this.#map.set(key, value);
    return this;
  }

  override delete(key: string): boolean {
    return this.#map.delete(key);
  }

  override clear(): void {
    this.#map.clear();
  }

  override keys(): MapIterator<string> {
    return this.#map.keys();
  }

  override values(): MapIterator<GoValue> {
    return this.#map.values();
  }

  override entries(): MapIterator<[string, GoValue]> {
    return this.#map.entries();
  }

  override forEach(each: (value: GoValue, key: string, map: Map<string, GoValue>) => void): void {
    this.#map.forEach(each);
  }

  override [Symbol.iterator](): MapIterator<[string, GoValue]> {
    return this.#map[Symbol.iterator]();
  }
}

export function mapView(map: GoMap, type: string, methods?: ReadonlyMap<string, GoFunction>): GoMap {
  return new GoMapView(map, type, methods);
}
