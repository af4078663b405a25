/** `helm template [NAME] CHART`: renders a chart and prints its manifests, by default without a cluster. */

import { ChartError } from '../../chart/chart.ts';
import { quote } from '../../go/quote.ts';
import { nodeProviders } from '../../node/providers.ts';
import { renderWithHosts } from '../../node/render-with-hosts.ts';
import { releaseNameProblem } from '../../release/release-name.ts';
import { type Capabilities, DEFAULT_CAPABILITIES } from '../../render/capabilities.ts';
import { droppedText } from '../../render/manifests.ts';
import { type RenderChartOptions, type RenderedChart, renderChart } from '../../render/render-chart.ts';
import { RenderError } from '../../render/render-error.ts';
import { TemplateCache } from '../../template/template-cache.ts';
import { minimumArguments } from '../arguments.ts';
import { type ChartRequest, readChartRequest } from '../chart/chart-request.ts';
import { dryRunOf } from '../chart/dry-run.ts';
import { dryRunFlag, EXCLUSIVE_FORCE, installFlags } from '../chart/install-flags.ts';
import { nameAndChart } from '../chart/release-name.ts';
import { currentNamespace } from '../cluster/namespace.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Flag } from '../flags/flag.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { logWarning } from '../log.ts';
import { printManifests, type TemplateParts } from './print-manifests.ts';

const ownFlags: readonly Flag[] = [
  dryRunFlag('client'),
  { kind: 'strings', name: 'api-versions', short: 'a', usage: 'more API versions for .Capabilities.APIVersions' },
  { kind: 'bool', name: 'include-crds', usage: 'print the CustomResourceDefinitions of crds/ too' },
  { kind: 'bool', name: 'is-upgrade', usage: 'set .Release.IsUpgrade instead of .Release.IsInstall' },
  { kind: 'string', name: 'kube-version', usage: 'the Kubernetes version for .Capabilities.KubeVersion' },
  { kind: 'string', name: 'output-dir', usage: 'write files into this directory instead of printing' },
  { kind: 'bool', name: 'release-name', usage: 'put the name of the release into the path below --output-dir' },
  { kind: 'stringArray', name: 'show-only', short: 's', usage: 'only what these templates give (patterns)' },
  { kind: 'bool', name: 'skip-tests', usage: 'leave tests out' },
  {
    kind: 'bool',
    name: 'validate',
    usage: 'the old name of --dry-run=server',
    deprecated: "use '--dry-run=server' instead",
  },
];

export const templateCommand: Command = {
  usage: '[NAME] [CHART]',
  long: `Renders the templates of a chart and prints the manifests, in the order in which they would be installed.

What is usually asked of the cluster is made up: the API versions are those of --kube-version and --api-versions, and
lookup finds nothing. --dry-run=server asks the cluster instead.`,
  arguments: minimumArguments(1),
  complete: async (...line) => (await import('../chart/complete-chart.ts')).completeNameAndChart(...line),
  flags: (environment) => [...installFlags(environment), ...ownFlags],
  exclusiveFlags: EXCLUSIVE_FORCE,
  run: async (context, args, flags) => {
    const capabilities = capabilitiesOf(flags);
    const dryRun = flags.bool('validate') ? 'server' : dryRunOf(context, flags);
    if (dryRun === 'none') throw new CommandError('invalid dry-run value ("none"). Must be "server" or "client"');
    const { name, chart: reference } = nameAndChart(context, args, flags, 'release-name');
    const request = await readChartRequest(context, reference, flags);
    const parts =
      dryRun === 'server'
        ? await renderInCluster(context, flags, { name, request })
        : await renderAlone(context, flags, { name, request, capabilities });
    await printManifests(context, parts, name, flags);
    return 0;
  },
};

interface Wanted {
  readonly name: string;
  readonly request: ChartRequest;
}

async function renderAlone(
  context: CommandContext,
  flags: FlagValues,
  { name, request, capabilities }: Wanted & { readonly capabilities: Capabilities },
): Promise<TemplateParts> {
  checkName(context, name);
  const { sources, remoteSchemas, postRender } = request;
  const namespace = await currentNamespace(context);
  const rendered = await render(context, request, flags, {
    ...nodeProviders(),
    release: { name, namespace, revision: 1, isUpgrade: flags.bool('is-upgrade') },
    capabilities,
    subchartNotes: flags.bool('render-subchart-notes'),
    warn: (message, fields) => logWarning(context.log, message, fields),
    skipSchemaValidation: flags.bool('skip-schema-validation'),
    ...(remoteSchemas === undefined ? {} : { remoteSchemas }),
    sources,
  });
  for (const each of rendered.dropped) context.log.warn(droppedText(each));
  if (postRender === undefined) return rendered;
  const { postRenderManifests } = await import('../../actions/post-render.ts');
  return { ...rendered, ...(await postRenderManifests(rendered, postRender)) };
}

/** As an install would see it: the cluster's versions, lookups, and what the objects would be refused for. */
async function renderInCluster(context: CommandContext, flags: FlagValues, wanted: Wanted): Promise<TemplateParts> {
  const { renderAgainstCluster } = await import('./render-against-cluster.ts');
  return renderAgainstCluster(context, flags, wanted);
}

async function render(
  context: CommandContext,
  { chart, values }: ChartRequest,
  flags: FlagValues,
  options: RenderChartOptions,
): Promise<RenderedChart> {
  let files: ReadonlyMap<string, string> = new Map();
  const onRendered = (each: ReadonlyMap<string, string>): void => {
    files = each;
  };
  const templates = new TemplateCache();
  const run = (more: Partial<RenderChartOptions>): RenderedChart =>
    renderChart(chart, values, { ...options, ...more, templates, onRendered });
  try {
    return flags.bool('enable-dns') ? await renderWithHosts((resolveHost) => run({ resolveHost })) : run({});
  } catch (error) {
    if (!(error instanceof RenderError) && !isVersionProblem(error)) throw error;
    if (!context.settings.debug) {
      throw new CommandError(`${error.message}\n\nUse --debug flag to render out invalid YAML`, { cause: error });
    }
    // What could not be read as manifests, for the eyes of who wrote it.
    const text = [...files].filter(([, content]) => content.trim() !== '');
    const output = text.map(([file, content]) => `---\n# Source: ${file}\n${content}\n`).join('');
    context.streams.output.write(`${output.trim()}\n`);
    throw error;
  }
}

/** What helm takes for a failed render too. */
function isVersionProblem(error: unknown): error is ChartError {
  return error instanceof ChartError && error.message.startsWith('chart requires kubeVersion');
}

function capabilitiesOf(flags: FlagValues): Capabilities {
  const version = flags.text('kube-version');
  return {
    ...DEFAULT_CAPABILITIES,
    ...(version === '' ? {} : { kubeVersion: kubeVersion(version) }),
    apiVersions: [...DEFAULT_CAPABILITIES.apiVersions, ...flags.list('api-versions')],
  };
}

/** The numbers of a version as Kubernetes reads it: at least two; what follows them is left out. */
function kubeVersion(text: string): string {
  const numbers = /^\s*v?(\d+(?:\.\d+)*)/.exec(text)?.[1]?.split('.').map(Number);
  const invalid = (problem: string): CommandError => new CommandError(`invalid kube version '${text}': ${problem}`);
  if (numbers === undefined) throw invalid(`could not parse ${quote(text)} as version`);
  if (numbers.length < 2) throw invalid(`illegal version string ${quote(text)}`);
  return `v${numbers.join('.')}`;
}

function checkName(context: CommandContext, name: string): void {
  const problem = releaseNameProblem(name);
  if (problem === undefined) return;
  const message = `release name ${quote(name)}: ${problem}`;
  context.log.error('release name check failed', { error: message });
  throw new CommandError(`release name check failed: ${message}`);
}
