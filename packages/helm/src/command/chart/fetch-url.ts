/** A file of values from the web. */
import { fetchFile } from '../../repositories/repository-access.ts';
import type { CommandContext } from '../command.ts';

const MAX_BYTES = 5 * 1024 * 1024;

/** Throws ChartError. */
export function fetchUrl(context: CommandContext, url: string): Promise<Uint8Array> {
  return fetchFile(url, { url }, { maxBytes: MAX_BYTES, signal: context.signal });
}
