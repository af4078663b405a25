/** What install and upgrade are told alike: the chart with its values, and the flags that both have. */
import type { InstallOptions } from '../../actions/install.ts';
import type { UpgradeOptions } from '../../actions/upgrade.ts';
import type { ChartRequest } from '../chart/chart-request.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { conflictPolicy, crdsPolicy, forceReplace, rollbackOnFailure } from './operation-flags.ts';

type DeployOptions = Omit<InstallOptions & UpgradeOptions, 'name' | 'dryRun' | 'wait' | 'serverSide'>;

export function deployOptions(
  { chart, values, sources, remoteSchemas, postRender }: ChartRequest,
  flags: FlagValues,
): DeployOptions {
  return {
    chart,
    values,
    sources,
    remoteSchemas,
    postRender,
    forceConflicts: flags.bool('force-conflicts'),
    forceReplace: forceReplace(flags),
    onConflict: conflictPolicy(flags),
    takeOwnership: flags.bool('take-ownership'),
    rollbackOnFailure: rollbackOnFailure(flags),
    crds: crdsPolicy(flags),
    labels: Object.fromEntries(flags.map('labels')),
    waitForJobs: flags.bool('wait-for-jobs'),
    timeoutMilliseconds: flags.duration('timeout'),
    noHooks: flags.bool('no-hooks'),
    description: flags.text('description'),
    enableDns: flags.bool('enable-dns'),
    disableOpenApiValidation: flags.bool('disable-openapi-validation'),
    skipSchemaValidation: flags.bool('skip-schema-validation'),
    stableGenerators: flags.bool('stable-generators'),
    subchartNotes: flags.bool('render-subchart-notes'),
  };
}
