/**
 * `--enable-dns`: `getHostByName` for templates. Templates can't wait, so a chart is rendered until no host name is asked
 * for that hasn't been looked up.
 */
import { lookup } from 'node:dns/promises';

/** More rounds than a chart has any reason to need: names that come out of names. */
const MAX_ROUNDS = 10;

/** The address of a host; empty when there is none, as in helm. */
function lookUpHost(name: string): Promise<string> {
  return lookup(name).then(
    ({ address }) => address,
    () => '',
  );
}

/** @param render gives the same for the same answers */
export async function renderWithHosts<T>(
  render: (resolveHost: (name: string) => string) => T | Promise<T>,
  look: (name: string) => Promise<string> = lookUpHost,
): Promise<T> {
  const addresses = new Map<string, string>();
  for (let round = 0; ; round++) {
    const missing = new Set<string>();
    const rendered = await render((name) => {
      const address = addresses.get(name);
      if (address === undefined) missing.add(name);
      return address ?? '';
    });
    if (missing.size === 0 || round === MAX_ROUNDS) return rendered;
    await Promise.all([...missing].map(async (name) => addresses.set(name, await look(name))));
  }
}
