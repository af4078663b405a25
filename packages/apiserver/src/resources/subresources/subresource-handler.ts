/**
 * Subresources that are served from outside the generic verbs: service account tokens, pod logs, evictions. A handler is
 * given the request with its resource and storage, and answers it whole.
 */
import type { Unstructured } from '@kindred/machinery';
import type { ApiResponse } from '../../request/api-response.ts';
import type { ResourceRequest } from '../resource-request.ts';

export interface SubresourceHandler {
  readonly group: string;
  /** Plural: `serviceaccounts`. */
  readonly resource: string;
  /** `token`. */
  readonly subresource: string;
  /** Authorization has happened. @throws StatusError. */
  handle(request: ResourceRequest): ApiResponse | Promise<ApiResponse>;
}

/**
 * Kinds that are only asked and never stored: access reviews, token reviews. Their definitions offer `create` alone.
 */
export interface ReviewHandler {
  readonly group: string;
  readonly resource: string;
  /** Gets the decoded, defaulted object and gives back the answer, which may be the same object. */
  review(object: Unstructured, request: ResourceRequest): unknown;
}
