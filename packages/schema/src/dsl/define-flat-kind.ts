/**
 * `defineFlatKind`: a kind whose objects have no spec and status, but their fields at the top, as ConfigMaps and the measurements
 * of `metrics.k8s.io` have.
 */
import type { KubeObject, ObjectMeta } from '@kindred/machinery';
import { type CustomKind, type KindColumn, type KindNames, kindOf } from './define-kind.ts';
import type { Fields, InputFields, ObservedFields } from './field.ts';
import type { FlatColumnPath } from './paths.ts';
import { s } from './schema-builder.ts';

export interface FlatKindOptions<F extends Fields> extends KindNames {
  /** Beside apiVersion, kind and metadata. */
  readonly fields: F;
  readonly columns?: readonly KindColumn<FlatColumnPath<ObservedFields<F>>>[];
}

/** An object in a manifest, with these fields. */
export type FlatInput<F> = { apiVersion?: string; kind?: string; metadata: ObjectMeta } & F;

/**
 * @example
 * const NodeMetrics = defineFlatKind({
 *   group: 'measurements.example.com', version: 'v1', kind: 'NodeMetrics', plural: 'nodes', scope: 'Cluster',
 *   fields: { timestamp: s.string().format('date-time'), usage: s.map(s.string()) },
 * });
 * @throws KindDefinitionError that lists all that is wrong with it
 */
export function defineFlatKind<F extends Fields>(
  options: FlatKindOptions<F>,
): CustomKind<KubeObject & ObservedFields<F>, FlatInput<InputFields<F>>> {
  const { fields, ...names } = options;
  const { description } = names;
  return kindOf(names, { ...s.object(fields).props, ...(description === undefined ? {} : { description }) });
}
