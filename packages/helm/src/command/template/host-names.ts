/**
 * `--enable-dns`: `getHostByName` for templates. Templates can't wait, so a chart is rendered until no host name is asked
 * for that hasn't been looked up.
 */
import { lookup } from 'node:dns/promises';
import type { RenderChartOptions, RenderedChart } from '../../render/render-chart.ts';

/** More rounds than a chart has any reason to need: names that come out of names. */
const MAX_ROUNDS = 10;

export async function renderWithHosts(
  render: (options: Pick<RenderChartOptions, 'resolveHost'>) => RenderedChart,
): Promise<RenderedChart> {
  const addresses = new Map<string, string>();
  for (let round = 0; ; round++) {
    const missing = new Set<string>();
    const rendered = render({
      resolveHost: (name) => {
        const address = addresses.get(name);
        if (address === undefined) missing.add(name);
        return address ?? '';
      },
    });
    if (missing.size === 0 || round === MAX_ROUNDS) return rendered;
    await Promise.all([...missing].map(async (name) => addresses.set(name, await addressOf(name))));
  }
}

/** Empty when there is none, as in helm. */
async function addressOf(name: string): Promise<string> {
  return lookup(name).then(
    ({ address }) => address,
    () => '',
  );
}
