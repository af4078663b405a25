/** Renders a chart for a release: capabilities and lookups from the cluster, post-renderer, the parts that a record keeps. */
import type { Chart } from '../chart/chart.ts';
import type { GoMap } from '../go/value.ts';
import { renderWithHosts } from '../node/render-with-hosts.ts';
import { NEVER_RUN, type ReleaseHook, type StoredChart } from '../release/release.ts';
import type { Capabilities } from '../render/capabilities.ts';
import type { BuiltInRelease } from '../render/context.ts';
import type { Lookup } from '../render/engine.ts';
import { droppedText, type Hook, type SortedManifests } from '../render/manifests.ts';
import { type RenderedChart, renderChart } from '../render/render-chart.ts';
import type { Warn } from '../values/warn.ts';
import type { ActionContext } from './action-context.ts';
import type { RenderOptions } from './action-options.ts';
import { renderWithLookups } from './lookup.ts';
import { postRenderManifests } from './post-render.ts';
import { openGenerators, type ReleaseGenerators } from './release-generators.ts';

export interface RenderRequest {
  readonly chart: Chart;
  readonly values: GoMap;
  readonly release: BuiltInRelease;
  readonly capabilities: Capabilities;
  /** False: `lookup` finds nothing. */
  readonly lookups: boolean;
}

/** The parts of a release that come from its templates. */
export interface RenderedRelease {
  readonly chart: StoredChart;
  readonly manifest: string;
  readonly hooks: readonly ReleaseHook[];
  readonly notes: string;
  /** Files of the chart that templates read. */
  readonly filesRead: ReadonlySet<string>;
  /** To be saved before the release is recorded. */
  readonly generators?: ReleaseGenerators | undefined;
}

/** @throws ChartError, RenderError, ReleaseError */
export async function renderRelease(
  context: ActionContext,
  request: RenderRequest,
  options: RenderOptions,
): Promise<RenderedRelease> {
  context.report({ type: 'phase', phase: 'render', detail: request.chart.metadata.name });
  // A render that is done again warns again.
  const warnings = new Map<string, Parameters<Warn>>();
  const warn: Warn = (...said) => warnings.set(JSON.stringify(said), said);
  const { functions, templates } = context;
  const { remoteSchemas, sources } = options;
  const isStable = options.stableGenerators === true && request.lookups;
  const generators = isStable ? await openGenerators(context, request.release.name) : undefined;
  const render = (lookup: Lookup | undefined, explain: boolean, resolveHost?: (name: string) => string) =>
    renderChart(request.chart, request.values, {
      ...functions,
      templates,
      ...(resolveHost === undefined ? {} : { resolveHost }),
      release: request.release,
      capabilities: request.capabilities,
      subchartNotes: options.subchartNotes === true,
      warn,
      skipSchemaValidation: options.skipSchemaValidation === true,
      explain,
      excerpts: options.excerpts !== false,
      ...(remoteSchemas === undefined ? {} : { remoteSchemas }),
      ...(sources === undefined ? {} : { sources }),
      ...(lookup === undefined ? {} : { lookup }),
      ...(generators === undefined ? {} : { generators: generators.memory }),
    });
  const renderAll = async (resolveHost?: (name: string) => string): Promise<RenderedChart> =>
    request.lookups
      ? renderWithLookups(context, (lookup, explain) => render(lookup, explain, resolveHost))
      : render(undefined, true, resolveHost);
  const rendered = options.enableDns === true ? await renderWithHosts(renderAll) : await renderAll();
  for (const each of rendered.dropped) warn(droppedText(each));
  for (const [message, fields] of warnings.values()) {
    context.report({ type: 'warning', message, ...(fields === undefined ? {} : { fields }) });
  }
  const { postRender } = options;
  const sorted = postRender === undefined ? rendered : await postRenderManifests(rendered, postRender);
  return {
    chart: { ...rendered.chart, dependencies: [] },
    manifest: manifestOf(sorted, options.hideSecret === true),
    hooks: sorted.hooks.map(storedHook),
    notes: rendered.notes,
    filesRead: rendered.filesRead,
    generators,
  };
}

function manifestOf({ manifests }: SortedManifests, hideSecret: boolean): string {
  return manifests
    .map(({ path, content, kind, apiVersion }) => {
      const hidden = hideSecret && kind === 'Secret' && apiVersion === 'v1';
      return `---\n# Source: ${path}\n${hidden ? '# HIDDEN: The Secret output has been suppressed' : content}\n`;
    })
    .join('');
}

function storedHook({
  name,
  kind,
  path,
  content,
  events,
  weight,
  deletePolicies,
  outputLogPolicies,
}: Hook): ReleaseHook {
  return { name, kind, path, manifest: content, events, lastRun: NEVER_RUN, weight, deletePolicies, outputLogPolicies };
}
