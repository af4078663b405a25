/**
 * The hand-written part of a built-in kind: whatever differs from the generic behaviour in `builtin-kind.ts`.
 *
 * The functions are declared as methods, so that rules for one kind can stand in a list of rules for any kind: the API
 * server calls them only with objects of their own kind that have passed `decodeObject`.
 */
import type { FieldError, KubeObject, NameCheck } from '@kindred/machinery';
import type { ScaleMapping, TableColumn } from './kind-definition.ts';

export interface KindRules<T extends KubeObject = KubeObject> {
  /** What `metadata.name` must look like; a DNS subdomain when absent. */
  readonly nameCheck?: NameCheck;
  readonly hasGeneration?: boolean;
  /** False when absent. */
  readonly allowCreateOnUpdate?: boolean;
  /** True when absent. */
  readonly allowUnconditionalUpdate?: boolean;
  /** True where a write to `status` may change labels and annotations too: node agents do that. */
  readonly statusWritesMetadata?: boolean;
  readonly scale?: ScaleMapping;
  /** Text of the `Warning` header on every use; set on kinds that have a successor. */
  readonly deprecation?: string;
  /** Besides `all`, which the fact tables know of. */
  readonly categories?: readonly string[];
  /** Replaces the columns of the fact tables. */
  readonly columns?: readonly TableColumn[];
  setDefaults?(object: T): void;
  /** Runs after the generic part has dropped the status of kinds with a status subresource. */
  prepareForCreate?(object: T): void;
  /** Runs after the generic part has kept spec and status on their own subresources. */
  prepareForUpdate?(object: T, old: T, subresource: string): void;
  /** Everything but metadata, which is validated before. */
  validate?(object: T): FieldError[];
  validateUpdate?(object: T, old: T, subresource: string): FieldError[];
  warnings?(object: T): string[];
  cells?(object: T, now: number): unknown[];
  selectableFields?(object: T): Record<string, string>;
  gracePeriodSeconds?(object: T, requested: number | undefined): number | undefined;
}
