/**
 * A kind as the server needs it: its definition, and how a decoded body is fitted to its fields. Made from the built-in
 * kinds here, and from CustomResourceDefinitions in `crds/`.
 */
import { decodeObject, type KindDefinition } from '@kindred/apis';
import type { FieldError, Unstructured } from '@kindred/machinery';
import type { ServedKind as OpenApiKind } from '@kindred/schema';

/** What fitting a body to its kind has found. */
export interface FieldFindings {
  /** Paths of fields that the kind doesn't have; they are gone from the object. */
  readonly unknownFields: readonly string[];
  /** One text for each value that can't be what the kind says. */
  readonly errors: readonly string[];
  /** Nothing is missing either: there are no defaults to set. */
  readonly inOrder?: boolean;
}

export interface ServedKind {
  readonly definition: KindDefinition;
  /** Custom resources take no strategic merge patches and no protobuf. */
  readonly custom: boolean;
  /** Objects come from elsewhere, and no version of them is stored. */
  readonly virtual?: boolean;
  /** Objects are forgotten this long after their last write, in seconds; absent: never. */
  readonly ttlSeconds?: number;
  /** Drops unknown fields from a decoded body, in place, and tells what it found. */
  fitFields(object: Unstructured): FieldFindings;
  /**
   * Brings an object that was stored under an earlier schema up to date, in place. Absent when everything in the store
   * was written under this one.
   */
  refresh?(object: Unstructured): void;
  /** Changes whenever the kind's schema does; absent when it never does. */
  readonly schemaRevision?: string;
  /** What OpenAPI shows of a custom resource. */
  readonly openApi?: Pick<OpenApiKind, 'schema' | 'selectableFields'>;
  /**
   * In place of the definition's validation of a new object, for kinds that spare one which fitting has found to be in
   * order a second look.
   */
  validateNew?(object: Unstructured, found: { readonly inOrder: boolean }): FieldError[];
  /**
   * In place of the definition's two validations on update: where rules are only held against what has changed. `warn`
   * takes what is wrong in parts that haven't.
   */
  validateChange?(object: Unstructured, old: Unstructured, warn: (text: string) => void): FieldError[];
  /** Computes the status that goes with the new state, in place, when all else about it is settled. */
  settleStatus?(object: Unstructured): void;
  /** Finalizers that an object gets when its deletion begins. */
  readonly deletionFinalizers?: readonly string[];
  /** Told of the new state of an object after it was stored and before the client hears of it. */
  stored?(object: Unstructured): void;
  /** Why new objects are refused now; asked before each create. */
  refuseCreate?(): string | undefined;
}

/** How long events are kept, as upstream's `--event-ttl`. */
const eventTtlSeconds = 3600;

/** A built-in kind: its fields are those of the type table. */
export function builtInKind(definition: KindDefinition): ServedKind {
  const { typeName = '', kind, resource } = definition;
  return {
    definition,
    custom: false,
    fitFields: (object) => decodeObject(typeName, object),
    ...(kind === 'Event' && resource === 'events' ? { ttlSeconds: eventTtlSeconds } : {}),
  };
}
