/**
 * The life of a request: every request, over whatever transport, goes through these steps in this order. A step finds
 * something out, refuses by throwing a StatusError, or answers. Steps answer directly where they can, so that a small
 * read costs no promise.
 */

import { type Clock, isStatusError } from '@kindred/machinery';
import { type Authenticator, authenticateInTurn } from '../authentication/authenticator.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { RequestMetrics } from '../metrics/request-metrics.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { ApiResponse, StreamedBody } from '../request/api-response.ts';
import { parseRequestInfo } from '../request/request-info.ts';
import { authorize } from './authorize.ts';
import { answerError, answerMalformedPath, type ReportFault } from './error-response.ts';
import { Exchange } from './exchange.ts';
import { type FlowControl, isLongRunning } from './flow-control.ts';
import { impersonate } from './impersonation.ts';
import { warningHeaders } from './warnings.ts';

/** Answers, or gives undefined where the next one is to go on. */
type Step = (exchange: Exchange) => ApiResponse | void | Promise<ApiResponse | void>;

export interface HandlerChainParts {
  readonly authenticators: readonly Authenticator[];
  readonly authorizer: Authorizer;
  readonly flowControl: FlowControl;
  /** Forwards requests for what another server serves; undefined for all others. */
  readonly aggregation?: (exchange: Exchange) => Promise<ApiResponse> | undefined;
  /** Finds who serves the path and lets it answer. */
  readonly dispatch: (exchange: Exchange) => ApiResponse | Promise<ApiResponse>;
  readonly metrics: RequestMetrics;
  readonly clock: Clock;
  readonly randomUuid: () => string;
  /** Told of every failure that is not a StatusError, with all that an operator needs and no client may see. */
  readonly reportFault: ReportFault;
}

export type Handler = (request: ApiRequest) => ApiResponse | Promise<ApiResponse>;

/** The chain as one function. It never throws: every failure becomes a Status. */
export function handlerChain(parts: HandlerChainParts): Handler {
  const steps: readonly Step[] = [
    function authentication(exchange) {
      const { request } = exchange;
      const user = request.user ?? authenticateInTurn(parts.authenticators, request);
      if (!(user instanceof Promise)) exchange.user = user;
      else return user.then((known) => void (exchange.user = known));
    },
    function impersonation(exchange) {
      return impersonate(parts.authorizer, exchange);
    },
    function flowControl(exchange) {
      parts.flowControl.enter(exchange);
    },
    function authorization(exchange) {
      return authorize(parts.authorizer, exchange);
    },
    function aggregation(exchange) {
      return parts.aggregation?.(exchange);
    },
  ];

  return function handle(request) {
    const auditId = request.headers['audit-id'] ?? parts.randomUuid();
    const info = parseRequestInfo(request);
    if (info === undefined) return answerMalformedPath(request, auditId);
    const exchange = new Exchange(request, info, auditId, parts.clock.now());
    try {
      const response = runSteps(steps, exchange, parts);
      if (!(response instanceof Promise)) return complete(exchange, response, parts);
      return response.then(
        (made) => complete(exchange, made, parts),
        (error: unknown) => fail(exchange, error, parts),
      );
    } catch (error) {
      return fail(exchange, error, parts);
    }
  };
}

/** Runs the steps from `first` on until one of them answers; who serves the path does otherwise. */
function runSteps(
  steps: readonly Step[],
  exchange: Exchange,
  parts: HandlerChainParts,
  first = 0,
): ApiResponse | Promise<ApiResponse> {
  for (let index = first; index < steps.length; index++) {
    const answer = steps[index]?.(exchange);
    if (answer instanceof Promise) return answer.then((made) => made ?? runSteps(steps, exchange, parts, index + 1));
    if (answer !== undefined) return answer;
  }
  return parts.dispatch(exchange);
}

function complete(exchange: Exchange, response: ApiResponse, parts: HandlerChainParts): ApiResponse {
  if (response.upgraded !== undefined) return completeUpgrade(response, response.upgraded, exchange, parts);
  if (typeof response.body !== 'function') {
    finish(exchange, response.status, parts);
    return withChainHeaders(response, exchange);
  }
  const stream = response.body;
  if (isLongRunning(exchange)) exchange.onEnd(parts.metrics.began(exchange.info, exchange.served));
  const body: StreamedBody = async (writer) => {
    try {
      await stream(writer);
    } catch (error) {
      const { method, path } = exchange.request;
      // A Status is no fault of ours: the server that a request was forwarded to broke off.
      if (!isStatusError(error)) parts.reportFault({ method, path, error });
      throw error;
    } finally {
      finish(exchange, response.status, parts);
    }
  };
  return withChainHeaders({ ...response, body }, exchange);
}

/** The exchange lasts as long as somebody uses the connection. */
function completeUpgrade(
  response: ApiResponse,
  upgraded: NonNullable<ApiResponse['upgraded']>,
  exchange: Exchange,
  parts: HandlerChainParts,
): ApiResponse {
  exchange.onEnd(parts.metrics.began(exchange.info, exchange.served));
  return {
    ...withChainHeaders(response, exchange),
    async upgraded(client) {
      try {
        await upgraded(client);
      } finally {
        finish(exchange, response.status, parts);
      }
    },
  };
}

function fail(exchange: Exchange, error: unknown, parts: HandlerChainParts): ApiResponse {
  const response = answerError(exchange.request, error, parts.reportFault);
  finish(exchange, response.status, parts);
  return withChainHeaders(response, exchange);
}

function finish(exchange: Exchange, code: number, { metrics, clock }: HandlerChainParts): void {
  exchange.end();
  metrics.finished(exchange.info, exchange.served, code, clock.now() - exchange.startedAt);
}

function withChainHeaders(response: ApiResponse, exchange: Exchange): ApiResponse {
  // The response was made for this exchange alone, so its headers are ours to complete.
  const headers = response.headers as Record<string, string | readonly string[]>;
  headers['audit-id'] = exchange.auditId;
  headers['cache-control'] ??= 'no-cache, private';
  if (exchange.warnings.length > 0) headers['warning'] = warningHeaders(exchange.warnings);
  return response;
}
