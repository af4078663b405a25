/**
 * What the OpenAPI documents need to know of a kind that a server serves. A built-in kind names its type in the type
 * table; a custom resource brings its schema.
 */
import type { GroupVersion, GroupVersionKind } from '@kindred/machinery';
import type { JSONSchemaProps } from '../structural/json-schema-props.ts';

export interface ServedSubresource {
  /** `status`, `scale`, `log`, … */
  readonly name: string;
  /** The kind that is sent and answered, when it is not the resource's own. */
  readonly kind?: GroupVersionKind;
  readonly verbs: readonly string[];
}

export interface ServedKind extends GroupVersionKind {
  /** Default `<kind>List`. */
  readonly listKind?: string;
  /** Plural, lower case: the path segment. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly ServedSubresource[];
  /** Built-in kinds: the name in the type table. */
  readonly typeName?: string;
  /** Custom resources: the schema of the version; absent when unknown fields are kept. */
  readonly schema?: JSONSchemaProps;
  /** Custom resources: JSON paths that field selectors may name. */
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}

/** A JSON value of a document under construction. */
export type OpenApiValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly OpenApiValue[]
  | { readonly [field: string]: OpenApiValue | undefined };

export type OpenApiObject = { readonly [field: string]: OpenApiValue | undefined };

/** `/api/v1` or `/apis/apps/v1`. */
export function groupVersionPath({ group, version }: GroupVersion): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** `extensions.example.com` `v1` `Website` → `com.example.extensions.v1.Website`. */
export function customResourceName({ group, version, kind }: GroupVersionKind): string {
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`;
}

/** The component's name of a served kind. */
export function componentNameOf(kind: ServedKind): string {
  return kind.typeName ?? customResourceName(kind);
}
