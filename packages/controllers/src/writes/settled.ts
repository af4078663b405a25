/** Writes whose failure says that the world has moved on, not that something is wrong. */
import { isStatusError } from '@kindred/machinery';

/**
 * Waits for the write; undefined when its object is gone, has changed, is there already, or may not be made since its
 * namespace ends. In each of these cases a watch event is on its way that brings the key back.
 */
export async function settled<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    const isStale =
      isStatusError(error, 'NotFound') || isStatusError(error, 'Conflict') || isStatusError(error, 'AlreadyExists');
    if (isStale || isNamespaceTerminating(error)) return undefined;
    throw error;
  }
}

/** Waits for the write; undefined when its object is gone. */
export async function unlessGone<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return undefined;
    throw error;
  }
}

export function isNamespaceTerminating(error: unknown): boolean {
  return (
    isStatusError(error, 'Forbidden') &&
    (error.status.details?.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating')
  );
}
