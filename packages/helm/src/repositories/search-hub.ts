/** `helm search hub`: asks Artifact Hub, or another service with Monocular's API for searches, for charts. */

import type { ProxyFor } from '@kindred/client';
import { isJsonObject, type JsonValue } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';
import { HttpClient } from '../http/http-client.ts';

export interface HubChart {
  /** The page of the chart. */
  readonly url: string;
  readonly version: string;
  readonly appVersion: string;
  readonly description: string;
  readonly repository: { readonly url: string; readonly name: string };
}

const MAX_BYTES = 64 * 1024 * 1024;

/** Throws ChartError. */
export async function searchHub(
  endpoint: string,
  keyword: string,
  { signal, proxy }: { readonly signal?: AbortSignal; readonly proxy?: ProxyFor } = {},
): Promise<HubChart[]> {
  const url = searchUrl(endpoint, keyword);
  const client = new HttpClient(proxy === undefined ? {} : { proxy });
  try {
    const answer = await client.send({ url, maxBytes: MAX_BYTES, ...(signal === undefined ? {} : { signal }) });
    if (answer.status !== 200) throw new ChartError(`failed to fetch ${url.href} : ${answer.statusLine}`);
    const found: unknown = JSON.parse(new TextDecoder().decode(answer.body));
    const data = isJsonObject(found) && Array.isArray(found['data']) ? found['data'] : [];
    return data.filter(isJsonObject).map((item) => hubChart(endpoint, item));
  } catch (error) {
    if (!(error instanceof ChartError || error instanceof SyntaxError)) throw error;
    throw new ChartError(`unable to perform search against "${endpoint}"`, { cause: error });
  } finally {
    client.close();
  }
}

function searchUrl(endpoint: string, keyword: string): URL {
  try {
    const url = new URL(endpoint);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/chartsvc/v1/charts/search`;
    url.searchParams.set('q', keyword);
    return url;
  } catch (error) {
    throw new ChartError(`unable to create connection to "${endpoint}": no hostname provided`, { cause: error });
  }
}

function hubChart(endpoint: string, item: JsonValue): HubChart {
  const text = (...path: string[]): string => {
    let at: JsonValue | undefined = item;
    for (const name of path) at = isJsonObject(at) ? at[name] : undefined;
    return typeof at === 'string' ? at : '';
  };
  return {
    url: text('artifactHub', 'packageUrl') || `${endpoint}/charts/${text('id')}`,
    version: text('relationships', 'latestChartVersion', 'data', 'version'),
    appVersion: text('relationships', 'latestChartVersion', 'data', 'app_version'),
    description: text('attributes', 'description'),
    repository: { url: text('attributes', 'repo', 'url'), name: text('attributes', 'repo', 'name') },
  };
}
