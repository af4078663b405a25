/**
 * A request as its handler sees it: the API server's own view of it, without what is the server's alone.
 */
import type { ServedRequest, UserInfo } from '@kindred/apiserver';
import type { Client } from '@kindred/client';
import type { ManagerContext } from '../manager/runnable.ts';
import type { Call, CallBase } from './call.ts';

export interface CallContext extends Pick<ManagerContext, 'client' | 'clock' | 'logger'> {
  /** Whether the server declares that it acts as others. */
  readonly impersonation: boolean;
}

/** @param signal when the answer ends otherwise than the request does: a watch */
export function callOf({ exchange, namespace }: ServedRequest, context: CallContext, signal?: AbortSignal): Call {
  const { request, user } = exchange;
  const base = callBase({ namespace, user, warn: (text) => exchange.warn(text) }, context);
  // Onto the object itself: who the client acts as is only asked when somebody wants it.
  return Object.assign(base, { query: request.query, signal: signal ?? request.signal });
}

/** Who asks, of anything that says so. */
export function callBase(
  { namespace, user, warn }: { readonly namespace: string; readonly user: UserInfo; warn(text: string): void },
  { client, clock, logger, impersonation }: CallContext,
): CallBase {
  let caller: Client | undefined;
  return {
    namespace,
    user,
    client,
    get caller() {
      if (!impersonation) throw new TypeError('caller needs `impersonation: true` in defineApiServer');
      caller ??= client.impersonating(user);
      return caller;
    },
    clock,
    logger,
    warn,
  };
}
