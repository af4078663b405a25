/** Pages of lists: which of the records belong to a page, and the token of the next one. */
import { badRequest } from '@kindred/machinery';

/** Where a list goes on: in the state that its first page showed, behind this key. */
export interface PagePosition {
  readonly resourceVersion: string;
  readonly after: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** @throws StatusError BadRequest for what is no token of ours */
export function parsePagePosition(token: string): PagePosition | undefined {
  if (token === '') return undefined;
  const [version, after] = Buffer.from(token, 'base64url').toString('utf8').split('\n');
  if (version === undefined || !/^\d+$/.test(version) || after === undefined || after === '') {
    throw badRequest('continue key is not valid');
  }
  return { resourceVersion: version, after };
}

/** A page of items that are in the order of their keys. `limit` 0: all of them. */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { limit, resourceVersion, after }: { limit: number; resourceVersion: string; after: string },
): Page<T> {
  const left = after === '' ? items : items.filter((item) => keyOf(item) > after);
  const last = left[limit - 1];
  if (limit === 0 || left.length <= limit || last === undefined) return { items: left };
  return {
    items: left.slice(0, limit),
    continue: Buffer.from(`${resourceVersion}\n${keyOf(last)}`).toString('base64url'),
    remainingItemCount: left.length - limit,
  };
}
