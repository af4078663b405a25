/** Renders one chart with the real helm and with ours. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadChartFiles, manifestText, nodeProviders, readValues, renderChart } from '@kindred/helm';
import { clientBinary, runCommand } from '@kindred-conformance/clients';

/** Contents of files by their names in the chart. */
export type ChartSource = Readonly<Record<string, string>>;

export interface Outcome {
  /** What was printed; empty after an error. */
  readonly output: string;
  /** The message without "Error: "; empty when there was none. */
  readonly error: string;
}

export const CHART_YAML = `apiVersion: v2
name: probe
version: 1.2.3
appVersion: "4.5"
description: A chart of probes
annotations:
  a: b
keywords: [one, two]
maintainers:
- name: Some One
  email: some@example.org
`;

/** `userValues` is the text of a values file given with -f. */
export async function renderWithHelm(files: ChartSource, userValues?: string): Promise<Outcome> {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-helm-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(directory, 'chart', name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
    const args = ['template', 'rel', join(directory, 'chart'), '--namespace', 'space'];
    if (userValues !== undefined) {
      await writeFile(join(directory, 'user.yaml'), userValues);
      args.push('-f', join(directory, 'user.yaml'));
    }
    const environment = { TZ: 'UTC', HOME: directory, HELM_CACHE_HOME: join(directory, 'cache') };
    const result = await runCommand(await clientBinary('helm'), args, { environment });
    const error = /^Error: ([^]*)$/m.exec(result.stderr)?.[1] ?? '';
    return {
      output: result.code === 0 ? result.stdout : '',
      error: error.replace(/\n\nUse --debug flag[^]*$/, '').trim(),
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

export function renderWithOurs(files: ChartSource, userValues?: string): Outcome {
  const encoder = new TextEncoder();
  try {
    const chart = loadChartFiles(Object.entries(files).map(([name, text]) => ({ name, data: encoder.encode(text) })));
    const providers = nodeProviders();
    const rendered = renderChart(chart, readValues(userValues ?? '', 'values'), {
      ...providers,
      time: { ...providers.time, timeZone: 'UTC' },
      release: { name: 'rel', namespace: 'space', revision: 1, isUpgrade: false },
    });
    return { output: manifestText(rendered), error: '' };
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'TypeError') throw error;
    return { output: '', error: error.message };
  }
}
