/** A schema made ready: its keywords read, its references followed (JSON Schema drafts 4 to 2020-12). */
import type { GoValue } from '../go/value.ts';
import type { Decimal } from './decimal.ts';

/** A regular expression, and its text for messages. */
export interface Pattern {
  readonly source: string;
  readonly matches: (text: string) => boolean;
}

/** A format; `problem` says why a value doesn't have it. */
export interface Format {
  readonly name: string;
  readonly problem: (value: GoValue) => string | undefined;
}

/** Filled in step by step, since schemas refer to each other in circles. */
export interface Schema {
  /** Names it in messages. */
  readonly location: string;
  readonly version: number;
  /** The schema of the resource that this one is in. */
  resource: Schema;
  /** Of a resource: schemas by the names of their dynamic anchors. */
  dynamicAnchors: ReadonlyMap<string, Schema>;
  /** `true` and `false` are schemas. */
  constant?: boolean;

  ref?: Schema;
  recursiveRef?: Schema;
  recursiveAnchor?: boolean;
  dynamicRef?: { readonly schema: Schema; readonly anchor: string };
  dynamicAnchor?: string;

  types?: readonly string[];
  /** In an array, since null is a value. */
  const?: readonly [GoValue];
  enum?: readonly GoValue[];
  format?: Format;

  allOf?: readonly Schema[];
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  not?: Schema;
  if?: Schema;
  then?: Schema;
  else?: Schema;

  minProperties?: number;
  maxProperties?: number;
  required?: readonly string[];
  properties?: ReadonlyMap<string, Schema>;
  patternProperties?: readonly (readonly [Pattern, Schema])[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  dependencies?: ReadonlyMap<string, readonly string[] | Schema>;
  dependentSchemas?: ReadonlyMap<string, Schema>;
  dependentRequired?: ReadonlyMap<string, readonly string[]>;
  unevaluatedProperties?: Schema;

  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  /** A schema for each item, before 2020; `prefixItems` from then on. */
  tupleItems?: readonly Schema[];
  /** For all items, or those after the tuple. */
  items?: Schema | boolean;
  contains?: Schema;
  minContains?: number;
  maxContains?: number;
  unevaluatedItems?: Schema;

  minLength?: number;
  maxLength?: number;
  pattern?: Pattern;

  minimum?: Decimal;
  maximum?: Decimal;
  exclusiveMinimum?: Decimal;
  exclusiveMaximum?: Decimal;
  multipleOf?: Decimal;
}

/** The shape of a schema as it is written, for what reads its keywords. */
export type Written = ReadonlyMap<string, GoValue>;
