/** One request on a connection of its own, with a time limit: what hangs is asked again by who waits for the page. */
import { get } from 'node:http';

/** The body of a 200; undefined for every other outcome. */
export function fetchPage(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 3_000 }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('close', () => resolve(response.complete && response.statusCode === 200 ? text : undefined));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}
