/** What is in a cluster after commands on releases, without what differs from run to run. */
import { ConfigMap, Secret } from '@kindred/apis/core/v1';
import { decodeRecord, type Release } from '@kindred/helm';
import type { ProgramOptions, Programs } from './release-programs.ts';

/** What is the same whoever wrote it: times, and where a file came from, are left out. */
function comparable(release: Release): unknown {
  const { info, hooks, chart, annotations: _, ...rest } = release;
  const hasTime = (text: string): boolean => text !== '';
  return {
    ...rest,
    info: {
      ...info,
      firstDeployed: hasTime(info.firstDeployed),
      lastDeployed: hasTime(info.lastDeployed),
      deleted: hasTime(info.deleted),
    },
    hooks: hooks.map((hook) => ({
      ...hook,
      lastRun: {
        ...hook.lastRun,
        startedAt: hasTime(hook.lastRun.startedAt),
        completedAt: hasTime(hook.lastRun.completedAt),
      },
    })),
    chart:
      chart === undefined
        ? undefined
        : { ...chart, modified: '', schemaModified: '', templates: files(chart.templates), files: files(chart.files) },
  };
}

function files(all: readonly { readonly name: string; readonly data: Uint8Array }[]): string[] {
  return all.map(({ name, data }) => `${name}: ${Buffer.from(data).toString('base64')}`).sort();
}

/** All records and all other objects of the namespace. */
export async function stateOf(
  { cluster }: Programs,
  { driver = 'secret', namespace = 'default' }: ProgramOptions,
): Promise<unknown> {
  const secrets = (await cluster.client.list(Secret, { namespace })).items;
  const maps = (await cluster.client.list(ConfigMap, { namespace })).items;
  const isRecord = ({ metadata }: { readonly metadata: { readonly labels?: Record<string, string> } }): boolean =>
    metadata.labels?.['owner'] === 'helm';
  const records = (driver === 'secret' ? secrets : maps).filter(isRecord).map((object) => {
    const { name, labels = {} } = object.metadata;
    const { createdAt, modifiedAt, ...others } = labels;
    const text =
      driver === 'secret' ? Buffer.from(object.data?.['release'] ?? '', 'base64').toString() : object.data?.['release'];
    const written = { created: createdAt !== undefined, modified: modifiedAt !== undefined };
    return { name, labels: others, ...written, release: comparable(decodeRecord(text ?? '')) };
  });
  const objects = [...secrets, ...maps]
    .filter((object) => !isRecord(object))
    .map((object) => {
      const { name, annotations, managedFields = [] } = object.metadata;
      // Only ours says whose hook an object is.
      const { 'helm.kindred.dev/hook-of': _, ...others } = object.metadata.labels ?? {};
      const labels = Object.keys(others).length === 0 ? undefined : others;
      const owners = managedFields.map(({ manager, operation }) => `${manager} ${operation}`);
      return { kind: object.kind, name, labels, annotations, data: object.data, owners };
    });
  return { records, objects };
}
