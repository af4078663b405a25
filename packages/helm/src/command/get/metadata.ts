/** `helm get metadata RELEASE_NAME`: the chart of a release, its labels and how it stands. */
import { dependencyRecord } from '../../chart/metadata-json.ts';
import { compareText } from '../../go/compare-text.ts';
import type { Release } from '../../release/release.ts';
import { secondsTime } from '../../release/release-time.ts';
import { exactArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { outputFlag, outputFormat, printFormat } from '../output/format.ts';
import { completeRelease, findRelease } from '../release/release-argument.ts';
import { revisionFlag } from './revision-flag.ts';

type Pairs = readonly (readonly [string, string])[];

export const getMetadataCommand: Command = {
  usage: 'RELEASE_NAME',
  long: 'Prints what is known about a release and its chart: versions, annotations, labels, status.',
  arguments: exactArguments(1),
  complete: completeRelease,
  flags: () => [revisionFlag, outputFlag],
  run: async (context, [name = ''], flags) => {
    const release = await findRelease(context, name, flags.number('revision'));
    printFormat(context, outputFormat(flags), {
      table: () => metadataText(release),
      data: () => metadataJson(release),
    });
    return 0;
  },
};

function annotations({ chart }: Release): Pairs {
  return sortedPairs(Object.fromEntries(chart?.metadata.annotations ?? []));
}

/** The user's labels with those that the record is found by. */
function labels(release: Release): Pairs {
  return sortedPairs({
    ...release.labels,
    ...release.recordTime,
    name: release.name,
    owner: 'helm',
    status: release.info.status,
    version: String(release.revision),
  });
}

function sortedPairs(members: Readonly<Record<string, string>>): Pairs {
  return Object.entries(members).sort(([a], [b]) => compareText(a, b));
}

const pairsText = (pairs: Pairs): string => pairs.map(([key, value]) => `${key}=${value}`).join(',');

function metadataText(release: Release): string {
  const { metadata } = release.chart ?? {};
  const method = release.applyMethod === 'ssa' ? 'server-side apply' : 'client-side apply';
  const lines: Pairs = [
    ['NAME', release.name],
    ['CHART', metadata?.name ?? ''],
    ['VERSION', metadata?.version ?? ''],
    ['APP_VERSION', metadata?.appVersion ?? ''],
    ['ANNOTATIONS', pairsText(annotations(release))],
    ['LABELS', pairsText(labels(release))],
    ['DEPENDENCIES', (metadata?.dependencies ?? []).map(({ name }) => name).join(',')],
    ['NAMESPACE', release.namespace],
    ['REVISION', String(release.revision)],
    ['STATUS', release.info.status],
    ['DEPLOYED_AT', secondsTime(release.info.lastDeployed)],
    ['APPLY_METHOD', release.applyMethod === '' ? `${method} (defaulted)` : method],
  ];
  return lines.map(([name, value]) => `${name}: ${value}\n`).join('');
}

function metadataJson(release: Release): object {
  const { metadata } = release.chart ?? {};
  const dependencies = (metadata?.dependencies ?? []).map(dependencyRecord);
  const noted = annotations(release);
  return {
    name: release.name,
    chart: metadata?.name ?? '',
    version: metadata?.version ?? '',
    appVersion: metadata?.appVersion ?? '',
    ...(noted.length === 0 ? {} : { annotations: Object.fromEntries(noted) }),
    labels: Object.fromEntries(labels(release)),
    ...(dependencies.length === 0 ? {} : { dependencies }),
    namespace: release.namespace,
    revision: release.revision,
    status: release.info.status,
    deployedAt: secondsTime(release.info.lastDeployed),
    ...(release.applyMethod === '' ? {} : { applyMethod: release.applyMethod }),
  };
}
