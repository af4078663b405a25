/** `helm template --dry-run=server`: what an install would send, checked against the cluster. */
import { install } from '../../actions/install.ts';
import { crdManifests, enabledChart } from '../../render/render-chart.ts';
import { splitDocuments } from '../../render/split-documents.ts';
import type { ChartRequest } from '../chart/chart-request.ts';
import { withCluster } from '../cluster/connect.ts';
import type { CommandContext } from '../command.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { logHelmErrors } from '../release/helm-failure.ts';
import { queryContext } from '../release/run-actions.ts';
import type { TemplateParts } from './print-manifests.ts';

export function renderAgainstCluster(
  context: CommandContext,
  flags: FlagValues,
  { name, request }: { readonly name: string; readonly request: ChartRequest },
): Promise<TemplateParts> {
  const { chart, values, sources, remoteSchemas, postRender } = request;
  return withCluster(context, async (cluster) => {
    const actions = queryContext(context, cluster);
    const release = await logHelmErrors(context, () =>
      install(actions, {
        name,
        chart,
        values,
        sources,
        remoteSchemas,
        postRender,
        dryRun: 'server',
        replace: true,
        isUpgrade: flags.bool('is-upgrade'),
        serverSide: flags.bool('server-side'),
        takeOwnership: flags.bool('take-ownership'),
        enableDns: flags.bool('enable-dns'),
        skipSchemaValidation: flags.bool('skip-schema-validation'),
        subchartNotes: flags.bool('render-subchart-notes'),
        ...(flags.bool('skip-crds') ? { crds: 'skip' } : {}),
      }),
    );
    return {
      crds: crdManifests(enabledChart(chart, values)),
      manifests: manifestParts(release.manifest),
      hooks: release.hooks.map(({ path, manifest, events }) => ({ path, content: manifest, events })),
    };
  });
}

/** Each document of a record begins with a line that names its file. */
function manifestParts(manifest: string): TemplateParts['manifests'] {
  return splitDocuments(manifest).map((document) => {
    const [, path = '', content = ''] = /^# Source: (.*)\n([^]*)$/.exec(document) ?? [undefined, '', document];
    return { path, content };
  });
}
