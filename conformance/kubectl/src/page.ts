/** Pages, fetched as curl does. */
import { eventually } from '@kindred-conformance/clients';

/** The page's text; undefined while nobody serves it. */
export async function fetchPage(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000), headers: { connection: 'close' } });
    const text = await response.text();
    return response.ok ? text : undefined;
  } catch {
    // Refused, reset or too slow: asked again by those who wait.
    return undefined;
  }
}

/** Waits until the page contains `text`. */
export async function pageShows(url: string, text: string, timeout = 20_000): Promise<void> {
  const probe = async (): Promise<true | undefined> => ((await fetchPage(url))?.includes(text) ? true : undefined);
  await eventually(`"${text}" at ${url}`, probe, { timeout });
}

/** Waits until nothing is served there any more. */
export async function pageIsGone(url: string): Promise<void> {
  await eventually(`the end of ${url}`, async () => ((await fetchPage(url)) === undefined ? true : undefined));
}
