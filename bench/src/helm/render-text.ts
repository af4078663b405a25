/** What `helm template rel DIRECTORY` prints, by the library: reads the chart, renders, sorts. */
import { loadDirectory, manifestText, nodeProviders, readValues, renderChart } from '@kindred/helm';

export async function renderText(directory: string): Promise<string> {
  const chart = await loadDirectory(directory);
  const rendered = renderChart(chart, readValues('', 'values'), {
    ...nodeProviders(),
    release: { name: 'rel', namespace: 'default', revision: 1, isUpgrade: false },
  });
  return manifestText(rendered);
}
