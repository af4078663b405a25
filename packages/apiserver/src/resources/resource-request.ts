/**
 * A request for a resource, with everything that the verbs need: who serves it, where its objects are, and the parts of
 * the server that take part in reads and writes.
 */
import type { Clock, TypeTable } from '@kindred/machinery';
import type { AdmissionChain } from '../admission/chain.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { ReportFault } from '../chain/error-response.ts';
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
  /** Told of faults behind the answer's beginning, where no step of the chain sees them. */
  readonly reportFault: ReportFault;
}

/** What of it is there for every resource, stored or not. */
export interface ServedRequest {
  readonly exchange: Exchange;
  readonly resource: ServedResource;
  readonly server: VerbParts;
  /** Empty for cluster-scoped resources and for all namespaces. */
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

export interface ResourceRequest extends ServedRequest {
  readonly storage: ResourceStorage;
}
