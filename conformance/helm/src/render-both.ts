/** Renders one chart with the real helm and with ours, both from the same directory. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type GoMap,
  loadDirectory,
  loadSchemas,
  manifestText,
  nodeProviders,
  nodeSchemaLoader,
  readValues,
  renderChart,
  setJson,
  setLiteral,
  setStrings,
  setValues,
} from '@kindred/helm';
import { clientBinary, runCommand } from '@kindred-conformance/clients';

/** Contents of files by their names in the chart. */
export type ChartSource = Readonly<Record<string, string>>;

export interface Outcome {
  /** What was printed; empty after an error. */
  readonly output: string;
  /** The message without "Error: "; empty when there was none. */
  readonly error: string;
}

/** What a user gives beside the chart. */
export interface UserValues {
  /** Text of a file given with -f. */
  readonly values?: string;
  readonly set?: readonly (readonly ['--set' | '--set-string' | '--set-json' | '--set-literal', string])[];
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

async function inDirectory<T>(files: ChartSource, run: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-helm-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(directory, 'chart', name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
    return await run(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

export function renderWithHelm(files: ChartSource, user: UserValues = {}): Promise<Outcome> {
  return inDirectory(files, async (directory) => {
    const args = ['template', 'rel', join(directory, 'chart'), '--namespace', 'space', ...(user.set ?? []).flat()];
    if (user.values !== undefined) {
      await writeFile(join(directory, 'user.yaml'), user.values);
      args.push('-f', join(directory, 'user.yaml'));
    }
    const environment = { TZ: 'UTC', HOME: directory, HELM_CACHE_HOME: join(directory, 'cache') };
    const result = await runCommand(await clientBinary('helm'), args, { environment });
    const error = /^Error: ([^]*)$/m.exec(result.stderr)?.[1] ?? '';
    return {
      output: result.code === 0 ? result.stdout : '',
      error: error.replace(/\n\nUse --debug flag[^]*$/, '').trim(),
    };
  });
}

export function renderWithOurs(files: ChartSource, user: UserValues = {}): Promise<Outcome> {
  return inDirectory(files, async (directory) => {
    try {
      const chart = await loadDirectory(join(directory, 'chart'));
      const values = readValues(user.values ?? '', 'values');
      for (const [flag, text] of user.set ?? []) SETTERS[flag](values, text);
      const providers = nodeProviders();
      const rendered = renderChart(chart, values, {
        ...providers,
        remoteSchemas: await loadSchemas(chart, nodeSchemaLoader()),
        time: { ...providers.time, timeZone: 'UTC' },
        release: { name: 'rel', namespace: 'space', revision: 1, isUpgrade: false },
      });
      return { output: manifestText(rendered), error: '' };
    } catch (error) {
      if (!(error instanceof Error) || error.name === 'TypeError') throw error;
      return { output: '', error: error.message };
    }
  });
}

const SETTERS: Readonly<
  Record<'--set' | '--set-string' | '--set-json' | '--set-literal', (values: GoMap, text: string) => void>
> = {
  '--set': setValues,
  '--set-string': setStrings,
  '--set-json': setJson,
  '--set-literal': setLiteral,
};
