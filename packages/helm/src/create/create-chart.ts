/** Makes new charts: the starter chart of `helm create`, or a copy of a starter of the user's own (`--starter`). */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { ChartError, type ChartFile } from '../chart/chart.ts';
import { dependencyFiles, loadChartFiles } from '../chart/load-files.ts';
import { fromBytes } from '../go/bytes.ts';
import { quote } from '../go/quote.ts';
import { unpackArchive } from '../node/load-archive.ts';
import { packageChart } from '../packaging/package-chart.ts';
import { STARTER_TEMPLATES } from './starter-templates.ts';
import { STARTER_VALUES } from './starter-values.ts';

const PLACEHOLDER = '<CHARTNAME>';

const STARTER_CHART = `apiVersion: v2
name: <CHARTNAME>
description: A Helm chart for Kubernetes

# "application" for what can be installed, "library" for templates that other charts use.
type: application

# Of the chart: raise it whenever the chart changes, by the rules of https://semver.org.
version: 0.1.0

# Of what the chart installs. In quotes, since 1.10 would become 1.1.
appVersion: "1.16.0"
`;

const STARTER_IGNORE = `# Files that don't belong to the chart: a pattern on each line, ! turns one around.
.DS_Store
.git/
.gitignore
.bzr/
.bzrignore
.hg/
.hgignore
.svn/
*.swp
*.bak
*.tmp
*.orig
*~
.project
.idea/
*.tmproj
.vscode/
`;

/** Throws ChartError for a name that no chart can have. */
function checkChartName(name: string): void {
  if (name === '' || name.length > 250) throw new ChartError('chart name must be between 1 and 250 characters');
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    throw new ChartError('chart name must match the regular expression "^[a-zA-Z0-9._-]+$"');
  }
}

export interface CreateOptions {
  /** Hears of files that were there already. */
  readonly warn: (message: string) => void;
}

/** Writes the starter chart into a new directory of the chart's name. Throws ChartError. */
export async function createChart(directory: string, name: string, { warn }: CreateOptions): Promise<void> {
  checkChartName(name);
  const target = join(directory, name);
  await expectDirectory(directory);
  await refuseFile(target);
  const files = {
    'Chart.yaml': STARTER_CHART,
    'values.yaml': STARTER_VALUES,
    '.helmignore': STARTER_IGNORE,
    ...STARTER_TEMPLATES,
  };
  for (const [file, text] of Object.entries(files)) {
    const path = join(target, file);
    if (await exists(path)) warn(`WARNING: File ${quote(path)} already exists. Overwriting.`);
    await write(path, text.replaceAll(PLACEHOLDER, name));
  }
  await mkdir(join(target, 'charts'), { recursive: true });
}

/** Writes a copy of a starter under another name; `<CHARTNAME>` in templates and values becomes that name. Throws ChartError. */
export async function createFromStarter(
  directory: string,
  name: string,
  starter: readonly ChartFile[],
  now: Date,
): Promise<void> {
  loadChartFiles(starter, unpackArchive);
  const target = join(directory, name);
  await refuseFile(target);
  const head = 'apiVersion: v2\nappVersion: 0.1.0\ndescription: A Helm chart for Kubernetes\n';
  await write(join(target, 'Chart.yaml'), `${head}name: ${name}\ntype: application\nversion: 0.1.0\n`);
  for (const { name: file, data } of starter) {
    if (['Chart.yaml', 'Chart.lock'].includes(file) || file.startsWith('charts/')) continue;
    const isTemplate = file === 'values.yaml' || file.startsWith('templates/');
    const text = isTemplate ? fromBytes(data).replaceAll(PLACEHOLDER, name) : data;
    await write(join(target, file), text);
  }
  for (const { files } of dependencyFiles(starter, name, unpackArchive)) {
    const { fileName, archive } = packageChart(files, { now });
    await write(join(target, 'charts', fileName), archive);
  }
}

async function write(path: string, data: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, data);
}

async function expectDirectory(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return;
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
    throw new ChartError(`stat ${path}: no such file or directory`, { cause: error });
  }
  throw new ChartError(`no such directory ${path}`);
}

async function refuseFile(path: string): Promise<void> {
  if ((await exists(path)) && !(await stat(path)).isDirectory()) {
    throw new ChartError(`file ${path} already exists and is not a directory`);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}
