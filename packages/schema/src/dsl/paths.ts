/**
 * JSON paths that the compiler checks: printer columns and scale paths can only name fields that the schema has.
 */
import type { Anything, Condition } from './field.ts';

type MetadataPath =
  | '.metadata.name'
  | '.metadata.namespace'
  | '.metadata.creationTimestamp'
  | '.metadata.deletionTimestamp'
  | '.metadata.generation'
  | '.metadata.uid'
  | `.metadata.labels.${string}`
  | `.metadata.annotations.${string}`;

/** All paths into a value of type `T` that is found at `Prefix`. */
type PathsInto<T, Prefix extends string> = [Anything] extends [T]
  ? Prefix | `${Prefix}.${string}`
  : T extends readonly (infer E)[]
    ? Prefix | ElementPaths<E, Prefix>
    : T extends object
      ? Prefix | MemberPaths<T, Prefix>
      : Prefix;

type ElementPaths<E, Prefix extends string> =
  | PathsInto<E, `${Prefix}[*]`>
  | PathsInto<E, `${Prefix}[${number}]`>
  | (E extends Condition<infer C> ? ConditionPaths<C, Prefix> : never);

type ConditionPaths<
  C extends string,
  Prefix extends string,
> = `${Prefix}[?(@.type=="${C}")].${Exclude<keyof Condition, 'type'>}`;

type MemberPaths<T extends object, Prefix extends string> = string extends keyof T
  ? `${Prefix}.${string}`
  : { [K in keyof T & string]: PathsInto<NonNullable<T[K]>, `${Prefix}.${K}`> }[keyof T & string];

/** Paths of a printer column, into objects with these fields at their top. */
export type FlatColumnPath<T> =
  | MetadataPath
  | { [K in keyof T & string]: PathsInto<NonNullable<T[K]>, `.${K}`> }[keyof T & string];

/** Paths of a printer column. */
export type ColumnPath<Spec, Status> = MetadataPath | MemberOrRoot<Spec, '.spec'> | MemberOrRoot<Status, '.status'>;

type MemberOrRoot<T, Prefix extends string> = [T] extends [never] ? never : PathsInto<T, Prefix>;

/** Paths to values of type `V`, through objects only: what the scale subresource may use. */
export type PathsTo<V, T, Prefix extends string> = [T] extends [never]
  ? never
  : { [K in keyof T & string]: PathTo<V, NonNullable<T[K]>, `${Prefix}.${K}`> }[keyof T & string];

type PathTo<V, T, Prefix extends string> = [T] extends [V]
  ? Prefix
  : T extends readonly unknown[]
    ? never
    : T extends object
      ? PathsTo<V, T, Prefix>
      : never;
