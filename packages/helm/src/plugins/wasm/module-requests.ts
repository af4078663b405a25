/** Requests that a module makes by its host: to the hosts that its plugin.yaml names, with answers up to its limit. */
import { errorText } from '@kindred/machinery';
import { ChartError } from '../../chart/chart.ts';
import type { HttpClient } from '../../http/http-client.ts';
import type { PluginAnswer, PluginRequest } from './plugin-kernel.ts';
import type { WasmSettings } from './wasm-settings.ts';
import type { RequestOutcome } from './worker-messages.ts';

/** What becomes of each request; failures are outcomes too. */
export function moduleRequests(
  settings: WasmSettings,
  http: HttpClient,
  signal: AbortSignal,
): (request: PluginRequest) => Promise<RequestOutcome> {
  return async (request) => {
    try {
      return { answer: await ask(request, settings, http, signal) };
    } catch (error) {
      return { problem: errorText(error) };
    }
  };
}

async function ask(
  { text, body }: PluginRequest,
  { allowedHosts, maxHttpResponseBytes }: WasmSettings,
  http: HttpClient,
  signal: AbortSignal,
): Promise<PluginAnswer> {
  const { url: address, method, headers } = readRequest(text);
  const url = new URL(address);
  if (!allowedHosts.some((pattern) => isHost(pattern, url.hostname))) {
    throw new ChartError(`HTTP request to '${address}' is not allowed`);
  }
  const {
    status,
    headers: given,
    body: data,
  } = await http.send({
    url,
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    maxBytes: maxHttpResponseBytes,
    signal,
    // Another host might not be allowed.
    keepsRedirects: true,
  });
  return { status, headers: given, body: data };
}

function readRequest(text: string): { url: string; method: string; headers: Record<string, string> } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ChartError(`invalid http request: ${errorText(error)}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null) throw new ChartError('invalid http request: it is no object');
  const { url, method, headers }: { url?: unknown; method?: unknown; headers?: unknown } = value;
  const named = typeof headers === 'object' && headers !== null ? Object.entries(headers) : [];
  if (typeof url !== 'string' || !URL.canParse(url)) throw new ChartError('invalid http request: it has no url');
  return {
    url,
    method: typeof method === 'string' && method !== '' ? method.toUpperCase() : 'GET',
    headers: Object.fromEntries(named.map(([name, each]) => [name, String(each)])),
  };
}

/** `*` stands for any letters, `?` for one. */
function isHost(pattern: string, host: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${expression}$`).test(host);
}
