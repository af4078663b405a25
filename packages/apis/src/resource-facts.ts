/** The shape of the generated resource list (`gen/resources.ts`). */
import type { SubresourceDefinition, Verb } from './kind-definition.ts';

export interface ResourceFact {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly subresources: readonly SubresourceDefinition[];
}

/** Name, type, format, priority. */
export type ColumnFact = readonly [
  name: string,
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date',
  format: string,
  priority: number,
];
