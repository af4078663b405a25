/** What `helm template rel DIRECTORY` prints, by the library: reads the chart, renders, sorts. */
import {
  type Chart,
  loadDirectory,
  manifestText,
  nodeProviders,
  readValues,
  renderChart,
  type TemplateCache,
} from '@kindred/helm';

export async function renderText(directory: string): Promise<string> {
  return chartText(await loadDirectory(directory));
}

/** @param templates what earlier renders have parsed; every text is parsed anew without it */
export function chartText(chart: Chart, templates?: TemplateCache): string {
  const rendered = renderChart(chart, readValues('', 'values'), {
    ...nodeProviders(),
    ...(templates === undefined ? {} : { templates }),
    release: { name: 'rel', namespace: 'default', revision: 1, isUpgrade: false },
  });
  return manifestText(rendered);
}
