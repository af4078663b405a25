/** A chart with values and a release in, manifests, hooks and notes out: what `helm template` does, without a cluster. */
import { type Chart, ChartError, crdFiles, isLibrary } from '../chart/chart.ts';
import { enableDependencies } from '../chart/enable-dependencies.ts';
import { importValues } from '../chart/import-values.ts';
import { explainFailure } from '../diagnosis/explain-failure.ts';
import { fromBytes } from '../go/bytes.ts';
import type { GoMap } from '../go/value.ts';
import { parseConstraints, satisfies } from '../semver/constraint.ts';
import { parseVersion } from '../semver/version.ts';
import { coalesceValues } from '../values/coalesce.ts';
import { haveSecrets, type ValueSource } from '../values/sources.ts';
import type { Warn } from '../values/warn.ts';
import { type RemoteSchemas, validateValues } from '../values-schema/validate-values.ts';
import { type Capabilities, DEFAULT_CAPABILITIES, normalizedKubeVersion } from './capabilities.ts';
import { type BuiltInRelease, templateFiles } from './context.ts';
import { type EngineOptions, renderTemplates, type TemplateFile } from './engine.ts';
import { type DroppedManifest, type Hook, type Manifest, sortManifests } from './manifests.ts';
import { RenderError } from './render-error.ts';

export interface RenderChartOptions extends EngineOptions {
  readonly release: BuiltInRelease;
  readonly capabilities?: Capabilities;
  /** The notes of dependencies too. */
  readonly subchartNotes?: boolean;
  /** The values aren't held against values.schema.json. */
  readonly skipSchemaValidation?: boolean;
  /** Schemas elsewhere that values.schema.json refers to. */
  readonly remoteSchemas?: RemoteSchemas;
  /** Takes what helm would log. */
  readonly warn?: Warn;
  /** Sees the rendered files by name, without the notes, before they are read as manifests. */
  readonly onRendered?: (files: ReadonlyMap<string, string>) => void;
  /** What the values were made of, so that errors can name lines of files; see mergeSources. */
  readonly sources?: readonly ValueSource[];
  /** False leaves out what is only found by rendering again after an error. */
  readonly explain?: boolean;
  /** False keeps rendered text out of the hints, for messages that more people see than the values. */
  readonly excerpts?: boolean;
}

export interface RenderedChart {
  /** As it was rendered: with its enabled dependencies, and values that it imports among its own. */
  readonly chart: Chart;
  readonly manifests: readonly Manifest[];
  readonly hooks: readonly Hook[];
  /** What helm leaves out without a word. */
  readonly dropped: readonly DroppedManifest[];
  readonly notes: string;
  /** Files below crds/, as they are. */
  readonly crds: readonly { readonly path: string; readonly content: string }[];
  /** Names of the chart's own files that templates read. */
  readonly filesRead: ReadonlySet<string>;
  /** The values that the templates saw. */
  readonly values: GoMap;
}

/** Throws ChartError for a chart that can't be used, RenderError for a template that fails. */
export function renderChart(chart: Chart, values: GoMap, options: RenderChartOptions): RenderedChart {
  if (isLibrary(chart)) throw new ChartError('library charts are not installable');
  const capabilities = options.capabilities ?? DEFAULT_CAPABILITIES;
  const enabled = processedChart(chart, values, options);
  const warning = options.warn === undefined ? {} : { warn: options.warn };
  const coalesced = coalesceValues(enabled, values, warning);
  if (options.skipSchemaValidation !== true) {
    const remote = options.remoteSchemas === undefined ? {} : { remote: options.remoteSchemas };
    validateValues(enabled, coalesced, { ...remote, ...warning });
  }
  checkKubeVersion(chart, capabilities);
  const filesRead = new Set<string>();
  const prepare = (merged: GoMap): TemplateFile[] =>
    templateFiles(enabled, merged, options.release, capabilities, (name) => filesRead.add(name));
  try {
    const files = renderTemplates(prepare(coalesced), options);
    const notes = takeNotes(files, chart.metadata.name, options.subchartNotes === true);
    options.onRendered?.(files);
    return {
      ...sortManifests(files),
      chart: enabled,
      notes,
      crds: crdManifests(enabled),
      filesRead,
      values: coalesced,
    };
  } catch (error) {
    if (!(error instanceof RenderError) || options.explain === false) throw error;
    throw explainFailure(error, () => {
      const again = coalesceValues(enabled, values);
      const sources = options.sources ?? [{ kind: 'given', name: 'the values given', values }];
      const excerpts = options.excerpts !== false && !haveSecrets(sources);
      return { chart, sources, values: again, files: prepare(again), options, excerpts };
    });
  }
}

/** Helm words what goes wrong here differently for an upgrade. */
function processedChart(chart: Chart, values: GoMap, { warn, release }: RenderChartOptions): Chart {
  try {
    return enabledChart(chart, values, warn);
  } catch (error) {
    if (!(error instanceof ChartError) || release.isUpgrade) throw error;
    throw new ChartError(`chart dependencies processing failed: ${error.message}`, { cause: error });
  }
}

/** The chart with what takes part in a render: enabled dependencies, imported values. */
export function enabledChart(chart: Chart, values: GoMap, warn?: Warn): Chart {
  return importValues(enableDependencies(chart, values, warn), warn);
}

/** The files below crds/ of a chart and its dependencies. */
export function crdManifests(chart: Chart): RenderedChart['crds'] {
  return crdFiles(chart).map((file) => ({
    path: `${chart.metadata.name}/${file.name}`,
    content: fromBytes(file.data),
  }));
}

function checkKubeVersion(chart: Chart, { kubeVersion }: Capabilities): void {
  const range = chart.metadata.kubeVersion;
  if (range === '') return;
  const constraints = parseConstraints(range);
  const version = parseVersion(normalizedKubeVersion(kubeVersion));
  if (constraints !== undefined && version !== undefined && satisfies(version, constraints)) return;
  throw new ChartError(`chart requires kubeVersion: ${range} which is incompatible with Kubernetes ${kubeVersion}`);
}

/** Removes the notes from the files; gives those that are wanted. */
function takeNotes(files: Map<string, string>, chartName: string, all: boolean): string {
  const notes: string[] = [];
  for (const [name, text] of files) {
    if (!name.endsWith('NOTES.txt')) continue;
    files.delete(name);
    if (all || name === `${chartName}/templates/NOTES.txt`) notes.push(text);
  }
  return notes.join('\n');
}

/** The text that `helm template` prints: manifests in the order of installation, then hooks. */
export function manifestText(rendered: RenderedChart, options: { readonly hooks?: boolean } = {}): string {
  const part = ({ path, content }: { path: string; content: string }): string => `---\n# Source: ${path}\n${content}\n`;
  const manifests = rendered.manifests.map(part).join('').trim();
  const hooks = options.hooks === false ? '' : rendered.hooks.map(part).join('');
  return `${manifests}\n${hooks}`;
}
