/**
 * Structural schemas: the compiled, immutable form of a CustomResourceDefinition version's `openAPIV3Schema`
 * (Kubernetes documentation, "Specifying a structural schema").
 *
 * Compiling is lazy: a node looks at its own keywords only; children are compiled when a value first reaches them. Large
 * definitions cost nothing until they are used, and schemas that refer to themselves (JSONSchemaProps' own) are fine.
 */
import type { JsonValue } from '@kindred/machinery';
import { stringFormat } from './formats.ts';
import { isSchemaList, type JSONSchemaProps, type ListType } from './json-schema-props.ts';
import { compilePattern } from './pattern.ts';

/** A compiled schema. All fields are read-only facts of one node; get children through `childOf` and `itemsOf`. */
export interface StructuralSchema {
  readonly source: JSONSchemaProps;
  /** Accepted JSON types; empty accepts all. */
  readonly types: readonly string[];
  readonly nullable: boolean;
  readonly format: string;
  readonly matchesFormat: ((value: string) => boolean) | undefined;
  readonly matchesPattern: ((value: string) => boolean) | undefined;
  readonly properties: ReadonlyMap<string, LazySchema>;
  /** Schema of members that `properties` doesn't name; undefined when such members are unknown. */
  readonly additional: LazySchema | undefined;
  readonly items: LazySchema | undefined;
  readonly preserveUnknownFields: boolean;
  readonly embeddedResource: boolean;
  readonly listType: ListType;
  readonly listMapKeys: readonly string[];
  readonly allOf: readonly LazySchema[];
  readonly anyOf: readonly LazySchema[];
  readonly oneOf: readonly LazySchema[];
  readonly not: LazySchema | undefined;
  /** Properties with a default, in schema order. */
  readonly defaulted: readonly DefaultedProperty[];
  /** True when there is an allOf, anyOf, oneOf or not. */
  readonly hasJunctions: boolean;
  /** True when some keyword constrains strings, numbers, lists or objects beyond their type. */
  readonly constrained: boolean;
}

export interface DefaultedProperty {
  readonly name: string;
  readonly value: JsonValue;
  readonly nullable: boolean;
}

/** A child that is compiled on first use. `additionalProperties: true` has no source and accepts anything. */
export interface LazySchema {
  readonly source: JSONSchemaProps | undefined;
  compiled: StructuralSchema | undefined;
}

const none: readonly LazySchema[] = [];

/**
 * Compiles a schema. Never throws: what is malformed is ignored here and reported by `validateStructural`.
 *
 * @example
 * const schema = compileStructuralSchema({ type: 'object', properties: { spec: { type: 'object' } } });
 */
export function compileStructuralSchema(source: JSONSchemaProps): StructuralSchema {
  const properties = new Map<string, LazySchema>();
  const defaulted: DefaultedProperty[] = [];
  for (const [name, property] of Object.entries(source.properties ?? {})) {
    properties.set(name, lazy(property));
    const value = property.default;
    if (value !== undefined && value !== null) defaulted.push({ name, value, nullable: property.nullable === true });
  }
  const items = source.items;
  const listType = source['x-kubernetes-list-type'];
  return {
    source,
    types: typesOf(source),
    nullable: source.nullable === true,
    format: source.format ?? '',
    matchesFormat: source.format === undefined ? undefined : stringFormat(source.format),
    matchesPattern: source.pattern === undefined ? undefined : compilePattern(source.pattern),
    properties,
    additional: additionalOf(source.additionalProperties),
    items: items === undefined || isSchemaList(items) ? undefined : lazy(items),
    preserveUnknownFields: source['x-kubernetes-preserve-unknown-fields'] === true,
    embeddedResource: source['x-kubernetes-embedded-resource'] === true,
    listType: listType === 'set' || listType === 'map' ? listType : 'atomic',
    listMapKeys: source['x-kubernetes-list-map-keys'] ?? [],
    allOf: lazyList(source.allOf),
    anyOf: lazyList(source.anyOf),
    oneOf: lazyList(source.oneOf),
    not: source.not === undefined ? undefined : lazy(source.not),
    defaulted,
    hasJunctions: hasJunctions(source),
    constrained: isConstrained(source),
  };
}

/** The compiled form of a child; undefined for one that accepts anything. */
export function childOf(child: LazySchema): StructuralSchema | undefined {
  if (child.compiled === undefined && child.source !== undefined) {
    child.compiled = compileStructuralSchema(child.source);
  }
  return child.compiled;
}

/** The schema of a member: of the property by that name, or of additional properties; undefined when unknown. */
export function memberOf(schema: StructuralSchema, name: string): LazySchema | undefined {
  return schema.properties.get(name) ?? schema.additional;
}

function typesOf(source: JSONSchemaProps): readonly string[] {
  if (source['x-kubernetes-int-or-string'] === true) return ['integer', 'string'];
  return source.type === undefined || source.type === '' ? [] : [source.type];
}

function additionalOf(source: JSONSchemaProps | boolean | undefined): LazySchema | undefined {
  if (source === undefined || source === false) return undefined;
  return source === true ? { source: undefined, compiled: undefined } : lazy(source);
}

function lazy(source: JSONSchemaProps): LazySchema {
  return { source, compiled: undefined };
}

function lazyList(sources: readonly JSONSchemaProps[] | undefined): readonly LazySchema[] {
  return sources === undefined ? none : sources.map(lazy);
}

function isConstrained(source: JSONSchemaProps): boolean {
  return (
    source.enum !== undefined ||
    source.format !== undefined ||
    source.pattern !== undefined ||
    source.maxLength !== undefined ||
    source.minLength !== undefined ||
    source.maximum !== undefined ||
    source.minimum !== undefined ||
    source.multipleOf !== undefined ||
    // The width of an integer is a constraint of its own.
    source.type === 'integer' ||
    hasJunctions(source)
  );
}

function hasJunctions(source: JSONSchemaProps): boolean {
  return (
    source.allOf !== undefined || source.anyOf !== undefined || source.oneOf !== undefined || source.not !== undefined
  );
}
