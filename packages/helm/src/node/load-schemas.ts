/** Loads what values.schema.json refers to elsewhere: over HTTP, or from files, as helm does before it renders. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Chart } from '../chart/chart.ts';
import { missingSchemas, type RemoteSchemas } from '../values-schema/validate-values.ts';

/** Gives the text behind a URL. Throws with the reason when it can't. */
export type SchemaLoader = (url: string) => Promise<string>;

/** Schemas may refer to schemas that refer to schemas; so many times. */
const MAX_ROUNDS = 50;

/** All schemas that a chart's own refer to, for `renderChart`; problems with them show when values are validated. */
export async function loadSchemas(chart: Chart, load: SchemaLoader): Promise<RemoteSchemas> {
  const loaded = new Map<string, { readonly text: string } | { readonly problem: string }>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const missing = missingSchemas(chart, loaded);
    if (missing.length === 0) break;
    const entries = await Promise.all(missing.map(async (url) => [url, await attempt(url, load)] as const));
    for (const [url, result] of entries) loaded.set(url, result);
  }
  return loaded;
}

async function attempt(url: string, load: SchemaLoader): Promise<{ text: string } | { problem: string }> {
  try {
    return { text: await load(url) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

export interface SchemaLoaderOptions {
  readonly fetch?: typeof fetch;
  /** How long one document may take, in milliseconds. */
  readonly timeout?: number;
}

/** Loads `http`, `https` and `file` URLs. Not for charts of strangers: it reads any file, and asks any server. */
export function nodeSchemaLoader(options: SchemaLoaderOptions = {}): SchemaLoader {
  const { fetch: request = fetch, timeout = 15_000 } = options;
  return async (url) => {
    if (url.startsWith('file:')) return readSchemaFile(url);
    const response = await request(url, { signal: AbortSignal.timeout(timeout) }).catch((error: unknown) => {
      throw new Error(`HTTP request failed for ${url}: ${reason(error)}`, { cause: error });
    });
    if (response.status !== 200) {
      throw new Error(`HTTP request to ${url} returned status ${response.status} (${response.statusText})`);
    }
    return response.text();
  };
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

async function readSchemaFile(url: string): Promise<string> {
  const path = fileURLToPath(url);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const problem =
      code === 'ENOENT' ? 'no such file or directory' : code === 'EACCES' ? 'permission denied' : undefined;
    throw problem === undefined ? error : new Error(`open ${path}: ${problem}`, { cause: error });
  }
}
