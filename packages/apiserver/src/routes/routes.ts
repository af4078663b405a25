/**
 * Paths that are no resources: `/version`, discovery, OpenAPI, health. Each route is an exact path or, ending in `/*`, all
 * paths below one.
 */
import { methodNotAllowed, pathNotFound } from '@kindred/machinery';
import type { Exchange } from '../chain/exchange.ts';
import type { ApiResponse } from '../request/api-response.ts';

export type RouteHandler = (exchange: Exchange) => ApiResponse | Promise<ApiResponse>;

export class Routes {
  readonly #exact = new Map<string, RouteHandler>();
  readonly #below: { readonly prefix: string; readonly handler: RouteHandler }[] = [];

  /** Serves `path` with `handler`, for GET and HEAD. */
  add(path: string, handler: RouteHandler): void {
    if (path.endsWith('/*')) this.#below.push({ prefix: path.slice(0, -1), handler });
    else this.#exact.set(path, handler);
  }

  /** Every path, for the index at `/`. */
  paths(): string[] {
    return [...this.#exact.keys()];
  }

  /** @throws StatusError 404, 405. */
  handle(exchange: Exchange): ApiResponse | Promise<ApiResponse> {
    const { path } = exchange.info;
    const handler = this.#exact.get(path) ?? this.#below.find(({ prefix }) => path.startsWith(prefix))?.handler;
    if (handler === undefined) throw pathNotFound();
    const { method } = exchange.request;
    if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed();
    return handler(exchange);
  }
}
