/**
 * A request for a resource, with everything that the verbs need: who serves it, where its objects are, and the parts of
 * the server that take part in reads and writes.
 */
import type { Clock, TypeTable } from '@kindred/machinery';
import type { AdmissionChain } from '../admission/chain.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { Exchange } from '../chain/exchange.ts';
import type { ApiStorage, ResourceStorage } from '../storage/resource-storage.ts';
import type { ResourceRegistry } from './registry.ts';
import type { ServedResource } from './served-resource.ts';

/** Parts of the server that verbs use. */
export interface VerbParts {
  readonly apiStorage: ApiStorage;
  readonly registry: ResourceRegistry;
  readonly admission: AdmissionChain;
  readonly authorizer: Authorizer;
  readonly typeTable: TypeTable;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly randomUuid: () => string;
  /** Aborts when the server begins to close: watches end then. */
  readonly closing: AbortSignal;
}

export interface ResourceRequest {
  readonly exchange: Exchange;
  readonly resource: ServedResource;
  readonly storage: ResourceStorage;
  readonly server: VerbParts;
  /** Empty for cluster-scoped resources and for all namespaces. */
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}
