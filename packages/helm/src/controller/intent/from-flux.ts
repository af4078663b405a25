/** Flux's HelmRelease and the sources that it names as an intent. */
import { type FieldError, forbiddenField, invalidValue, required } from '@kindred/machinery';
import type { FluxHelmRelease } from '../kinds/flux-helm-release.ts';
import type { FluxHelmChart, GitRepository, HelmRepository, OCIRepository } from '../kinds/flux-sources.ts';
import { isInside } from './from-helm-release.ts';
import type { ChartSource, SourceAccess, Translation } from './release-intent.ts';
import { releaseSettings } from './release-settings.ts';

/** Finds the objects that a release names; undefined for one that isn't there. */
export interface FluxSources {
  helmRepository(namespace: string, name: string): HelmRepository | undefined;
  gitRepository(namespace: string, name: string): GitRepository | undefined;
  ociRepository(namespace: string, name: string): OCIRepository | undefined;
  helmChart(namespace: string, name: string): FluxHelmChart | undefined;
}

/** What a chart is taken from, and the files of it that give values. */
interface Chosen {
  readonly source: ChartSource;
  readonly valuesFiles?: readonly string[];
  readonly ignoreMissingValuesFiles?: boolean;
}

type ChartTemplate = FluxHelmChart['spec'] & { readonly sourceRef: { readonly namespace?: string } };

class Missing {
  readonly what: string;
  constructor(what: string) {
    this.what = what;
  }
}

export function fromFluxHelmRelease(object: FluxHelmRelease, sources: FluxSources): Translation {
  const errors: FieldError[] = [];
  const settings = releaseSettings(object, errors);
  const chosen = chosenChart(object, sources, errors);
  if (errors.length > 0) return { errors };
  if (chosen instanceof Missing) return { missing: chosen.what };
  if (chosen === undefined) return { errors };
  const { source, valuesFiles = [], ignoreMissingValuesFiles = false } = chosen;
  const { commonMetadata: metadata } = object.spec;
  // Over what other post-renderers make of it.
  const postRenderers =
    metadata === undefined
      ? settings.postRenderers
      : [...settings.postRenderers, { patches: [], images: [], metadata }];
  return { intent: { ...settings, postRenderers, source, valuesFiles, ignoreMissingValuesFiles } };
}

function chosenChart(
  { metadata, spec }: FluxHelmRelease,
  sources: FluxSources,
  errors: FieldError[],
): Chosen | Missing | undefined {
  const { chart, chartRef } = spec;
  const namespace = metadata.namespace ?? '';
  if ((chart === undefined) === (chartRef === undefined)) {
    errors.push(required('spec.chart', 'exactly one of chart and chartRef'));
    return undefined;
  }
  if (chart !== undefined) return fromTemplate('spec.chart.spec', chart.spec, namespace, { sources, errors });
  if (chartRef === undefined) return undefined;
  const { kind, name, namespace: refNamespace = namespace } = chartRef;
  if (kind === 'OCIRepository') {
    const repository = sources.ociRepository(refNamespace, name);
    return repository === undefined
      ? new Missing(`OCIRepository ${refNamespace}/${name}`)
      : fromOci(repository, errors);
  }
  if (kind === 'HelmChart') {
    const found = sources.helmChart(refNamespace, name);
    if (found === undefined) return new Missing(`HelmChart ${refNamespace}/${name}`);
    return fromTemplate('spec.chartRef', found.spec, refNamespace, { sources, errors });
  }
  errors.push(forbiddenField('spec.chartRef.kind', `charts do not come from an ${kind}`));
  return undefined;
}

function fromTemplate(
  path: string,
  spec: ChartTemplate,
  namespace: string,
  { sources, errors }: { readonly sources: FluxSources; readonly errors: FieldError[] },
): Chosen | Missing | undefined {
  const { kind, name, namespace: sourceNamespace = namespace } = spec.sourceRef;
  const { valuesFiles = [], ignoreMissingValuesFiles = false } = spec;
  const missing = new Missing(`${kind} ${sourceNamespace}/${name}`);
  if (spec.verify !== undefined) errors.push(forbiddenField(`${path}.verify`, 'signatures are not checked'));
  if (kind === 'HelmRepository') {
    const repository = sources.helmRepository(sourceNamespace, name);
    if (repository === undefined) return missing;
    return { source: fromHelmRepository(repository, spec, errors), valuesFiles, ignoreMissingValuesFiles };
  }
  if (kind === 'GitRepository') {
    const repository = sources.gitRepository(sourceNamespace, name);
    if (repository === undefined) return missing;
    const chartPath = spec.chart.replace(/^(\.?\/)+/, '');
    if (!isInside(chartPath)) errors.push(invalidValue(`${path}.chart`, spec.chart, 'must be inside the repository'));
    return { source: fromGit(repository, chartPath, errors), valuesFiles, ignoreMissingValuesFiles };
  }
  errors.push(forbiddenField(`${path}.sourceRef.kind`, 'charts do not come from a Bucket'));
  return undefined;
}

function fromHelmRepository(
  { metadata, spec }: HelmRepository,
  chart: ChartTemplate,
  errors: FieldError[],
): ChartSource {
  const access = accessOf(metadata.namespace, spec);
  const version = chart.version === undefined || chart.version === '*' ? '' : chart.version;
  refuseForeignProvider('HelmRepository', spec.provider, errors);
  if (spec.type === 'oci' || spec.url.startsWith('oci://')) {
    const url = `${spec.url.replace(/\/+$/, '')}/${chart.chart}`;
    return { type: 'oci', url, version, plainHttp: spec.insecure ?? false, access };
  }
  return {
    type: 'repository',
    url: spec.url,
    name: chart.chart,
    version,
    access: spec.passCredentials === undefined ? access : { ...access, passCredentials: spec.passCredentials },
  };
}

function fromGit({ metadata, spec }: GitRepository, path: string, errors: FieldError[]): ChartSource {
  const { branch, tag, semver, commit, name } = spec.ref ?? {};
  if (name !== undefined) errors.push(forbiddenField('spec.ref.name', 'use branch, tag, semver or commit'));
  if (spec.verify !== undefined) errors.push(forbiddenField('spec.verify', 'signatures are not checked'));
  refuseForeignProvider('GitRepository', spec.provider, errors);
  const ref = {
    ...(branch === undefined ? {} : { branch }),
    ...(tag === undefined ? {} : { tag }),
    ...(semver === undefined ? {} : { semver }),
    ...(commit === undefined ? {} : { commit }),
  };
  return { type: 'git', url: spec.url, path, ref, access: accessOf(metadata.namespace, spec) };
}

function fromOci({ metadata, spec }: OCIRepository, errors: FieldError[]): Chosen {
  const { tag, semver, digest } = spec.ref ?? {};
  if (spec.verify !== undefined) errors.push(forbiddenField('spec.verify', 'signatures are not checked'));
  refuseForeignProvider('OCIRepository', spec.provider, errors);
  return {
    source: {
      type: 'oci',
      url: spec.url,
      version: semver ?? '',
      plainHttp: spec.insecure ?? false,
      access: accessOf(metadata.namespace, spec),
      ...(digest === undefined ? {} : { digest }),
      ...(tag === undefined || semver !== undefined ? {} : { tag }),
    },
  };
}

/** Credentials of cloud providers aren't fetched. */
function refuseForeignProvider(kind: string, provider: string | undefined, errors: FieldError[]): void {
  if (provider === undefined || provider === 'generic') return;
  errors.push(forbiddenField('spec.provider', `the ${kind} wants credentials of ${provider}; only generic is known`));
}

function accessOf(namespace = '', { secretRef }: { secretRef?: { name: string } }): SourceAccess {
  return secretRef === undefined ? {} : { secret: { namespace, name: secretRef.name } };
}
