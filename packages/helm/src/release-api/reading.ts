/** Reads with the rights of whoever asks: what they lack is said of what they asked for, too. */
import { forbidden, type GroupResource, isStatusError } from '@kindred/machinery';

export async function reading<T>(resource: GroupResource, name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw refusalOf(resource, name, error);
  }
}

/** Ends without an error when nobody listens any more. */
export async function* watching<T>(
  resource: GroupResource,
  events: AsyncGenerator<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  try {
    yield* events;
  } catch (error) {
    if (!signal.aborted) throw refusalOf(resource, '', error);
  }
}

function refusalOf(resource: GroupResource, name: string, error: unknown): unknown {
  return isStatusError(error, 'Forbidden') ? forbidden(resource, name, error.message) : error;
}
