/**
 * The condition `Available` of an APIService (`apiregistration.k8s.io/v1`), in upstream's words. Pure functions.
 */
import type { APIService, APIServiceCondition } from '@kindred/apis/apiregistration/v1';
import { availableCondition } from './remote-api.ts';

export type Availability = Pick<APIServiceCondition, 'status' | 'reason' | 'message'>;

const local: Availability = { status: 'True', reason: 'Local', message: 'Local APIServices are always available' };

/**
 * Brings the status up to date with the spec, in place: what is served here is available at once, and what has just been
 * moved to another server isn't before somebody has looked.
 * @param now RFC 3339 time
 */
export function settleAvailability(apiService: APIService, now: string): void {
  if (apiService.spec?.service === undefined) setAvailable(apiService, local, now);
  else if (availableCondition(apiService.status?.conditions)?.reason === local.reason) {
    const others = (apiService.status?.conditions ?? []).filter(({ type }) => type !== 'Available');
    apiService.status = { ...apiService.status, conditions: others };
  }
}

/** Sets the condition; its transition time moves only when its status does. */
export function setAvailable(apiService: APIService, availability: Availability, now: string): void {
  const conditions = apiService.status?.conditions ?? [];
  const known = availableCondition(conditions);
  const sameStatus = known?.status === availability.status;
  const lastTransitionTime = (sameStatus ? known.lastTransitionTime : undefined) ?? now;
  const next: APIServiceCondition = { type: 'Available', ...availability, lastTransitionTime };
  const others = conditions.filter((condition) => condition !== known);
  apiService.status = { ...apiService.status, conditions: [...others, next] };
}

/** True when the condition says so already. */
export function saysSo(apiService: APIService, { status, reason, message }: Availability): boolean {
  const known = availableCondition(apiService.status?.conditions);
  return known?.status === status && known.reason === reason && known.message === message;
}
