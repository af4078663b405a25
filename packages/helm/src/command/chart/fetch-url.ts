/** A file of values from elsewhere: the web, or what a plugin gets. */
import { fetchFile } from '../../repositories/repository-access.ts';
import type { CommandContext } from '../command.ts';
import { transport } from './transport.ts';

const MAX_BYTES = 5 * 1024 * 1024;

/** Throws ChartError. */
export function fetchUrl(context: CommandContext, url: string): Promise<Uint8Array> {
  return fetchFile(url, { url }, { maxBytes: MAX_BYTES, ...transport(context) });
}
