/** Flux's HelmRelease and the sources that it names as an intent. */
import { type FieldError, forbiddenField, invalidValue, parseDuration, required } from '@kindred/machinery';
import type { FluxHelmRelease } from '../kinds/flux-helm-release.ts';
import type {
  Bucket,
  ExternalArtifact,
  FluxHelmChart,
  GitRepository,
  HelmRepository,
  OCIRepository,
} from '../kinds/flux-sources.ts';
import type { ChartSource, GitSource, Translation } from './release-intent.ts';
import { releaseSettings, SHORTEST_INTERVAL } from './release-settings.ts';
import { accessOf, cosignKeys, endpointOf, gitVerification, isInside } from './source-access.ts';
import { rangeErrors } from './version-range.ts';

/** Finds the objects that a release names; undefined for one that isn't there. */
export interface FluxSources {
  helmRepository(namespace: string, name: string): HelmRepository | undefined;
  gitRepository(namespace: string, name: string): GitRepository | undefined;
  ociRepository(namespace: string, name: string): OCIRepository | undefined;
  bucket(namespace: string, name: string): Bucket | undefined;
  externalArtifact(namespace: string, name: string): ExternalArtifact | undefined;
  helmChart(namespace: string, name: string): FluxHelmChart | undefined;
}

/** What a chart is taken from, and the files of it that give values. */
interface Chosen {
  readonly source: ChartSource;
  readonly valuesFiles?: readonly string[];
  readonly ignoreMissingValuesFiles?: boolean;
  /** Of the objects on the way to the chart; the first that has an interval counts. */
  readonly schedules: readonly { readonly interval?: string; readonly suspend?: boolean }[];
}

type TemplateSpec = NonNullable<FluxHelmRelease['spec']['chart']>['spec'];
/** What a HelmChart says, and what a template for one does. */
type ChartTemplate = Omit<TemplateSpec, 'chart' | 'sourceRef'> & {
  readonly chart: string;
  readonly sourceRef: NonNullable<TemplateSpec['sourceRef']>;
};

interface Finding {
  readonly sources: FluxSources;
  readonly errors: FieldError[];
}

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
  const { source, valuesFiles = [], ignoreMissingValuesFiles = false, schedules } = chosen;
  const intervals = schedules.flatMap(({ interval }) => (interval === undefined ? [] : [parseDuration(interval) ?? 0]));
  const sourceInterval = intervals.find((each) => each > 0);
  const { commonMetadata: metadata } = object.spec;
  // Over what other post-renderers make of it.
  const postRenderers =
    metadata === undefined
      ? settings.postRenderers
      : [...settings.postRenderers, { patches: [], images: [], metadata }];
  return {
    intent: {
      ...settings,
      postRenderers,
      source,
      valuesFiles,
      ignoreMissingValuesFiles,
      ...(sourceInterval === undefined ? {} : { sourceInterval: Math.max(SHORTEST_INTERVAL, sourceInterval) }),
      ...(schedules.some(({ suspend }) => suspend === true) ? { sourceSuspended: true } : {}),
    },
  };
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
  if (chart?.kind === 'OCIRepository') return fromOciTemplate(chart.spec, namespace, errors);
  if (chart !== undefined) return fromChartTemplate(chart.spec, namespace, { sources, errors });
  if (chartRef === undefined) return undefined;
  const { kind, name, namespace: refNamespace = namespace } = chartRef;
  if (kind === 'OCIRepository') {
    const repository = sources.ociRepository(refNamespace, name);
    return repository === undefined
      ? new Missing(`OCIRepository ${refNamespace}/${name}`)
      : fromOci(repository.spec, refNamespace, errors);
  }
  if (kind === 'HelmChart') {
    const found = sources.helmChart(refNamespace, name);
    if (found === undefined) return new Missing(`HelmChart ${refNamespace}/${name}`);
    return fromTemplate('spec.chartRef', found.spec, refNamespace, { sources, errors });
  }
  const artifact = sources.externalArtifact(refNamespace, name);
  return artifact === undefined
    ? new Missing(`ExternalArtifact ${refNamespace}/${name}`)
    : fromArtifact(artifact, errors);
}

/** Somebody else has packaged the chart, and says where it is. */
function fromArtifact({ metadata, status }: ExternalArtifact, errors: FieldError[]): Chosen | Missing | undefined {
  const { artifact } = status ?? {};
  const what = `ExternalArtifact ${metadata.namespace ?? ''}/${metadata.name}`;
  if (artifact === undefined) return new Missing(`the artifact of ${what}`);
  const { url, digest } = artifact;
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    errors.push(invalidValue('status.artifact.digest', digest, `the artifact of ${what} needs one of SHA-256`));
  }
  const source = { type: 'archive', url, access: {}, ...(digest === undefined ? {} : { digest }) } as const;
  return { source, schedules: [] };
}

function fromOciTemplate(spec: TemplateSpec, namespace: string, errors: FieldError[]): Chosen | undefined {
  const { url } = spec;
  if (url === undefined || !url.startsWith('oci://')) {
    errors.push(required('spec.chart.spec.url', 'the address of an OCIRepository begins with oci://'));
    return undefined;
  }
  for (const field of ['chart', 'version', 'sourceRef', 'reconcileStrategy', 'valuesFiles'] as const) {
    if (spec[field] !== undefined) errors.push(forbiddenField(`spec.chart.spec.${field}`, 'is for the kind HelmChart'));
  }
  return fromOci({ ...spec, url }, namespace, errors);
}

function fromChartTemplate(spec: TemplateSpec, namespace: string, finding: Finding): Chosen | Missing | undefined {
  const { chart, sourceRef, ...rest } = spec;
  if (chart === undefined)
    finding.errors.push(required('spec.chart.spec.chart', 'the name of the chart, or its directory'));
  if (sourceRef === undefined) finding.errors.push(required('spec.chart.spec.sourceRef', 'where the chart comes from'));
  if (chart === undefined || sourceRef === undefined) return undefined;
  return fromTemplate('spec.chart.spec', { ...rest, chart, sourceRef }, namespace, finding);
}

function fromTemplate(
  path: string,
  spec: ChartTemplate,
  namespace: string,
  { sources, errors }: Finding,
): Chosen | Missing | undefined {
  const { kind, name, namespace: sourceNamespace = namespace } = spec.sourceRef;
  const { valuesFiles = [], ignoreMissingValuesFiles = false } = spec;
  const missing = new Missing(`${kind} ${sourceNamespace}/${name}`);
  if (kind === 'HelmRepository') errors.push(...rangeErrors(`${path}.version`, spec.version));
  if (kind === 'HelmRepository') {
    const repository = sources.helmRepository(sourceNamespace, name);
    if (repository === undefined) return missing;
    const cosign = cosignKeys(spec.verify, `${path}.verify`, sourceNamespace, errors);
    const more = { valuesFiles, ignoreMissingValuesFiles, schedules: [spec, repository.spec] };
    const source = fromHelmRepository(repository, spec, errors);
    if (cosign === undefined) return { source, ...more };
    if (source.type !== 'oci') {
      errors.push(forbiddenField(`${path}.verify`, 'only charts of registries (type oci) have such signatures'));
      return undefined;
    }
    return { source: { ...source, cosign }, ...more };
  }
  if (spec.verify !== undefined) {
    errors.push(forbiddenField(`${path}.verify`, `charts of a ${kind} have no such signatures`));
  }
  if (kind === 'GitRepository') {
    const repository = sources.gitRepository(sourceNamespace, name);
    if (repository === undefined) return missing;
    const chartPath = withoutSlashes(spec.chart);
    if (!isInside(chartPath)) errors.push(invalidValue(`${path}.chart`, spec.chart, 'must be inside the repository'));
    const source = fromGit(repository, chartPath, { sources, errors });
    if (source instanceof Missing) return source;
    return { source, valuesFiles, ignoreMissingValuesFiles, schedules: [spec, repository.spec] };
  }
  const bucket = sources.bucket(sourceNamespace, name);
  if (bucket === undefined) return missing;
  const chartPath = withoutSlashes(spec.chart);
  if (!isInside(chartPath)) errors.push(invalidValue(`${path}.chart`, spec.chart, 'must be inside the bucket'));
  const source = fromBucket(bucket, chartPath, errors);
  return { source, valuesFiles, ignoreMissingValuesFiles, schedules: [spec, bucket.spec] };
}

function fromBucket({ metadata, spec }: Bucket, path: string, errors: FieldError[]): ChartSource {
  const { provider = 'generic', secretRef, region, ignore: rules, insecure = false } = spec;
  if (provider === 'aws' && secretRef === undefined) {
    errors.push(
      required('spec.secretRef', 'keys of roles in the cloud are not asked for, so the Bucket must give one'),
    );
  }
  if (provider !== 'aws') refuseForeignProvider('Bucket', provider, errors);
  if (spec.sts !== undefined) errors.push(forbiddenField('spec.sts', 'temporary keys are not asked for'));
  return {
    type: 'bucket',
    ...endpointOf(spec.endpoint, insecure, errors),
    bucket: spec.bucketName,
    ...(region === undefined ? {} : { region }),
    prefix: spec.prefix ?? '',
    path,
    ignore: { defaults: true, ...(rules === undefined ? {} : { rules }) },
    access: accessOf(metadata.namespace ?? '', spec),
  };
}

function fromHelmRepository(
  { metadata, spec }: HelmRepository,
  chart: ChartTemplate,
  errors: FieldError[],
): ChartSource {
  const access = accessOf(metadata.namespace ?? '', spec);
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

function fromGit(
  { metadata, spec }: GitRepository,
  path: string,
  { sources, errors }: Finding,
  around: readonly string[] = [],
): GitSource | Missing {
  const { namespace = '', name } = metadata;
  const { recurseSubmodules = false, ignore: rules, verify } = spec;
  refuseForeignProvider('GitRepository', spec.provider, errors);
  const include: NonNullable<GitSource['include']>[number][] = [];
  for (const { repository, fromPath = '', toPath = repository.name } of spec.include ?? []) {
    const what = `GitRepository ${namespace}/${repository.name}`;
    const found = sources.gitRepository(namespace, repository.name);
    if (found === undefined) return new Missing(what);
    if ([...around, name].includes(repository.name)) {
      errors.push(forbiddenField('spec.include', `${what} includes itself`));
      continue;
    }
    const included = fromGit(found, '', { sources, errors }, [...around, name]);
    if (included instanceof Missing) return included;
    const [from, to] = [withoutSlashes(fromPath), withoutSlashes(toPath)];
    if (!isInside(from) || !isInside(to) || to === '') {
      errors.push(invalidValue('spec.include', `${fromPath} to ${toPath}`, 'must be inside of both repositories'));
    }
    include.push({ repository: included, from, to });
  }
  return {
    type: 'git',
    url: spec.url,
    path,
    ref: spec.ref ?? {},
    access: accessOf(namespace, spec),
    recurseSubmodules,
    ignore: { defaults: true, ...(rules === undefined ? {} : { rules }) },
    ...(verify === undefined ? {} : { verify: gitVerification(verify, namespace) }),
    ...(include.length === 0 ? {} : { include }),
  };
}

/** `./charts/web/` and the like. */
function withoutSlashes(path: string): string {
  return path
    .replace(/^(\.?\/)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');
}

function fromOci(spec: OCIRepository['spec'], namespace: string, errors: FieldError[]): Chosen {
  const { tag, semver, semverFilter, digest } = spec.ref ?? {};
  const cosign = cosignKeys(spec.verify, 'spec.verify', namespace, errors);
  const layerType = spec.layerSelector?.mediaType;
  refuseForeignProvider('OCIRepository', spec.provider, errors);
  return {
    source: {
      type: 'oci',
      url: spec.url,
      version: semver ?? '',
      plainHttp: spec.insecure ?? false,
      access: accessOf(namespace, spec),
      ...(digest === undefined ? {} : { digest }),
      ...(tag === undefined || semver !== undefined ? {} : { tag }),
      ...(semver === undefined || semverFilter === undefined ? {} : { tagFilter: semverFilter }),
      ...(layerType === undefined ? {} : { layerType }),
      ...(cosign === undefined ? {} : { cosign }),
    },
    schedules: [spec],
  };
}

/** Credentials of cloud providers aren't fetched. */
function refuseForeignProvider(kind: string, provider: string | undefined, errors: FieldError[]): void {
  if (provider === undefined || provider === 'generic') return;
  errors.push(forbiddenField('spec.provider', `the ${kind} wants credentials of ${provider}; only generic is known`));
}
