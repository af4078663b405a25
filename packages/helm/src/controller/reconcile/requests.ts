/** Annotations by which people ask for something now: Flux's (`reconcile.fluxcd.io/…`), and the same under our own name. */
import type { ReleaseObject, ReleaseStatus } from './release-object.ts';

export interface Requests {
  /** A reconcile with a fresh look at the source. */
  readonly reconcile: boolean;
  /** An upgrade, whatever has changed. */
  readonly force: boolean;
  /** Failures are forgotten. */
  readonly reset: boolean;
  /** What the status says once they are handled. */
  readonly handled: Pick<ReleaseStatus, 'lastHandledReconcileAt' | 'lastHandledForceAt' | 'lastHandledResetAt'>;
}

const PREFIXES = ['helm.kindred.dev/', 'reconcile.fluxcd.io/'];

/** As with Flux, `forceAt` and `resetAt` count only with a `requestedAt` of the same value. */
export function requestsOf({ metadata, status = {} }: ReleaseObject): Requests {
  const annotations = metadata.annotations ?? {};
  const valueOf = (name: string): string | undefined =>
    PREFIXES.map((prefix) => annotations[`${prefix}${name}`]).find((value) => value !== undefined && value !== '');
  const requested = valueOf('requestedAt');
  const withRequest = (name: string): string | undefined => (valueOf(name) === requested ? requested : undefined);
  const force = withRequest('forceAt') ?? status.lastHandledForceAt;
  const reset = withRequest('resetAt') ?? status.lastHandledResetAt;
  const reconcile = requested ?? status.lastHandledReconcileAt;
  return {
    reconcile: reconcile !== status.lastHandledReconcileAt,
    force: force !== status.lastHandledForceAt,
    reset: reset !== status.lastHandledResetAt,
    handled: {
      ...(reconcile === undefined ? {} : { lastHandledReconcileAt: reconcile }),
      ...(force === undefined ? {} : { lastHandledForceAt: force }),
      ...(reset === undefined ? {} : { lastHandledResetAt: reset }),
    },
  };
}
