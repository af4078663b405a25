/** Bearer tokens that may change while a program runs: service-account tokens in files are renewed every hour or so. */
import { readFile } from 'node:fs/promises';
import type { Clock } from '@kindred/machinery';

/** Gives the token to send now. */
export type TokenSource = () => Promise<string>;

/** How long a token that was read is taken as current, in milliseconds. */
const freshFor = 10_000;

/** Reads the token from a file, again when it may have changed. While the file can't be read, the last token is kept. */
export function fileToken(path: string, clock: Clock): TokenSource {
  let token: string | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (token !== undefined && clock.now() - readAt < freshFor) return token;
    try {
      token = (await readFile(path, 'utf8')).trim();
      readAt = clock.now();
    } catch (error) {
      if (token === undefined) throw new Error(`The token file ${path} could not be read`, { cause: error });
    }
    return token;
  };
}

export function staticToken(token: string): TokenSource {
  return () => Promise.resolve(token);
}
