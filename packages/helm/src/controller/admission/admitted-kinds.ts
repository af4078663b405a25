/** The kinds of objects that ask for releases, as they are checked at admission: by which fields they give what. */
import { isJsonObject, type KubeObject } from '@kindred/machinery';
import { ChartError } from '../../chart/chart.ts';
import { readValues } from '../../chart/load-files.ts';
import type { FluxHelmRelease } from '../kinds/flux-helm-release.ts';
import type { HelmRelease } from '../kinds/helm-release.ts';
import type { HelmChart } from '../kinds/k3s-helm-chart.ts';
import type { ReleaseObject } from '../reconcile/release-object.ts';
import type { ReleaseKind } from '../release-kind.ts';
import { fluxReleases, k3sCharts, ownReleases } from '../release-kinds.ts';
import { tableOf } from '../values/go-json.ts';
import type { ValuesLayer } from './value-layers.ts';

export interface AdmittedKind {
  readonly releases: ReleaseKind;
  /** Objects of others must not depend on this extension more than they have to. */
  readonly failurePolicy: 'Fail' | 'Ignore';
  /** The field of a chart that is in the object itself. */
  readonly inlineChart: string;
  /** The field of a reference to values. */
  valuesFrom(index: number): string;
  /** The values in the object itself, the strongest first. */
  inlineValues(object: ReleaseObject): readonly ValuesLayer[];
}

const valuesFrom = (index: number): string => `spec.valuesFrom[${index}]`;

function specOf(object: ReleaseObject): { values?: unknown; valuesContent?: string } {
  // All three kinds have a spec; this is what they have in common with a HelmChart.
  return (object as KubeObject as Partial<HelmRelease & FluxHelmRelease & HelmChart>).spec ?? {};
}

function inlineTable({ values }: { values?: unknown }): readonly ValuesLayer[] {
  const table = isJsonObject(values) ? tableOf(values) : undefined;
  return table === undefined ? [] : [{ field: 'spec.values', values: table, isInline: true, isSecret: false }];
}

const own: AdmittedKind = {
  releases: ownReleases,
  failurePolicy: 'Fail',
  inlineChart: 'spec.chart.inline',
  valuesFrom,
  inlineValues: (object) => inlineTable(specOf(object)),
};

const flux: AdmittedKind = { ...own, releases: fluxReleases, failurePolicy: 'Ignore' };

const k3s: AdmittedKind = {
  releases: k3sCharts,
  failurePolicy: 'Ignore',
  inlineChart: 'spec.chartContent',
  // A Secret may give several keys.
  valuesFrom: () => 'spec.valuesSecrets',
  inlineValues(object) {
    const spec = specOf(object);
    return [...inlineTable(spec), ...contentLayer(spec.valuesContent)];
  },
};

export const admittedKinds = { own, flux, k3s } as const;

function contentLayer(text: string | undefined): readonly ValuesLayer[] {
  if (text === undefined) return [];
  try {
    const values = readValues(text, 'no values');
    return [{ field: 'spec.valuesContent', values, isInline: false, isSecret: false }];
  } catch (error) {
    // The translation of the object has told that already.
    if (error instanceof ChartError) return [];
    throw error;
  }
}
