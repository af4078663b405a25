/**
 * Failures of reading a request's body.
 */
import { badRequest, requestEntityTooLarge, type StatusError, timeout } from '@kindred/machinery';

/** Bytes that a request's body may have, as upstream's server allows. */
export const maxBodyBytes = 3 * 1024 * 1024;

/** 413. */
export function bodyTooLarge(limit: number): StatusError {
  return requestEntityTooLarge(limit);
}

/** The client stopped sending in the middle. */
export function bodyTimeout(): StatusError {
  return timeout('the request body did not arrive in time');
}

/** The client went away while it was sending. Nobody reads this answer; it ends the request's work. */
export function clientGone(): StatusError {
  return badRequest('the connection was closed before the request body was complete');
}
