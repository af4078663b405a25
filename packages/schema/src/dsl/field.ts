/**
 * Fields of the kind-definition DSL: what each builder is to the compiler. A field carries two types: what a manifest may
 * say (`input`), and what is there after defaulting (`observed`).
 *
 * `presence` says whether a field must be given, may be left out for good, or is filled in by its default.
 */
import type { JsonValue } from '@kindred/machinery';
import type { JSONSchemaProps } from '../structural/json-schema-props.ts';

export type Presence = 'required' | 'optional' | 'defaulted';

/** What all builders have in common: the schema so far, and the types. */
export interface Field<O = unknown, I = O, P extends Presence = Presence> {
  readonly props: JSONSchemaProps;
  readonly presence: P;
  /** Never set: only there for type inference. */
  readonly types?: { readonly observed: O; readonly input: I };
}

/** The type of a field after defaulting. */
export type ObservedField<F extends Field> = NonNullable<F['types']>['observed'];

/** The type of a field in a manifest. */
export type InputField<F extends Field> = NonNullable<F['types']>['input'];

export interface StringField<O = string, P extends Presence = 'required'> extends Field<O, O, P> {
  optional(): StringField<O, 'optional'>;
  default(value: O): StringField<O, 'defaulted'>;
  nullable(): StringField<O | null, P>;
  describe(text: string): StringField<O, P>;
  rule(rule: string, message?: string): StringField<O, P>;
  /** At least so many characters. */
  min(length: number): StringField<O, P>;
  max(length: number): StringField<O, P>;
  /** A regular expression in RE2's syntax, unanchored. */
  pattern(pattern: string): StringField<O, P>;
  format(format: string): StringField<O, P>;
}

export interface NumberField<O = number, P extends Presence = 'required'> extends Field<O, O, P> {
  optional(): NumberField<O, 'optional'>;
  default(value: O): NumberField<O, 'defaulted'>;
  nullable(): NumberField<O | null, P>;
  describe(text: string): NumberField<O, P>;
  rule(rule: string, message?: string): NumberField<O, P>;
  min(value: number): NumberField<O, P>;
  max(value: number): NumberField<O, P>;
  multipleOf(value: number): NumberField<O, P>;
  format(format: string): NumberField<O, P>;
}

/** Booleans, enumerations, int-or-string and values of any shape: nothing more to say of them. */
export interface SimpleField<O, P extends Presence = 'required'> extends Field<O, O, P> {
  optional(): SimpleField<O, 'optional'>;
  default(value: O): SimpleField<O, 'defaulted'>;
  nullable(): SimpleField<O | null, P>;
  describe(text: string): SimpleField<O, P>;
  rule(rule: string, message?: string): SimpleField<O, P>;
}

export interface ObjectField<O, I, P extends Presence = 'required'> extends Field<O, I, P> {
  optional(): ObjectField<O, I, 'optional'>;
  default(value: I): ObjectField<O, I, 'defaulted'>;
  nullable(): ObjectField<O | null, I | null, P>;
  describe(text: string): ObjectField<O, I, P>;
  rule(rule: string, message?: string): ObjectField<O, I, P>;
  /** Owned and replaced as one by apply. */
  atomic(): ObjectField<O, I, P>;
  /** Fields that the schema doesn't name stay in the object. */
  preserveUnknownFields(): ObjectField<O, I, P>;
}

export interface MapField<O, I, P extends Presence = 'required'> extends Field<O, I, P> {
  optional(): MapField<O, I, 'optional'>;
  default(value: I): MapField<O, I, 'defaulted'>;
  nullable(): MapField<O | null, I | null, P>;
  describe(text: string): MapField<O, I, P>;
  rule(rule: string, message?: string): MapField<O, I, P>;
  /** At least so many members. */
  min(size: number): MapField<O, I, P>;
  max(size: number): MapField<O, I, P>;
}

export interface ArrayField<O, I, K extends string, P extends Presence = 'required'> extends Field<O, I, P> {
  optional(): ArrayField<O, I, K, 'optional'>;
  default(value: I): ArrayField<O, I, K, 'defaulted'>;
  nullable(): ArrayField<O | null, I | null, K, P>;
  describe(text: string): ArrayField<O, I, K, P>;
  rule(rule: string, message?: string): ArrayField<O, I, K, P>;
  /** At least so many elements. */
  min(length: number): ArrayField<O, I, K, P>;
  max(length: number): ArrayField<O, I, K, P>;
  /** `set`: no two equal elements. `atomic` (the default): replaced as one by apply. */
  listType(type: 'atomic' | 'set'): ArrayField<O, I, K, P>;
  /** `map`: elements are told apart by these fields. */
  listType(type: 'map', keys: readonly [K, ...K[]]): ArrayField<O, I, K, P>;
}

export type Fields = Readonly<Record<string, Field>>;

type Simplify<T> = { [K in keyof T]: T[K] } & {};

type KeysWith<F extends Fields, P extends Presence> = {
  [K in keyof F]: F[K]['presence'] extends P ? K : never;
}[keyof F];

/** An object after defaulting: only optional fields may be missing. */
export type ObservedFields<F extends Fields> = Simplify<
  { [K in KeysWith<F, 'required' | 'defaulted'>]: ObservedField<F[K]> } & {
    [K in KeysWith<F, 'optional'>]?: ObservedField<F[K]>;
  }
>;

/** An object in a manifest: fields with defaults may be missing too. */
export type InputFields<F extends Fields> = Simplify<
  { [K in KeysWith<F, 'required'>]: InputField<F[K]> } & {
    [K in KeysWith<F, 'optional' | 'defaulted'>]?: InputField<F[K]>;
  }
>;

/** One entry of `status.conditions`, as `metav1.Condition`. */
export interface Condition<T extends string = string> {
  type: T;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
  lastTransitionTime: string;
  observedGeneration?: number;
}

/** Any JSON. */
export type Anything = JsonValue;
