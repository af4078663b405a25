/**
 * A HelmChart of k3s, with the HelmChartConfig of the same name over it, as an intent. As its controller does: the release
 * is called like the object, failed releases are uninstalled and installed again (`failurePolicy: reinstall`), definitions
 * of a chart are made once, and what others made is taken over only when asked.
 */
import { type FieldError, invalidValue, type JsonObject, parseDuration, required } from '@kindred/machinery';
import { ChartError } from '../../chart/chart.ts';
import { readValues } from '../../chart/load-files.ts';
import { GoMap } from '../../go/value.ts';
import { coalesceTables } from '../../values/coalesce-tables.ts';
import type { HelmChart, HelmChartConfig } from '../kinds/k3s-helm-chart.ts';
import { jsonOf, tableOf } from '../values/go-json.ts';
import type { ChartSource, ReleaseIntent, SourceAccess, Translation, ValuesReference } from './release-intent.ts';
import { DEFAULT_INTERVAL, DEFAULT_TIMEOUT, milliseconds, valuesObject } from './release-settings.ts';
import { rangeErrors } from './version-range.ts';

export function fromHelmChart(object: HelmChart, config: HelmChartConfig | undefined): Translation {
  const errors: FieldError[] = [];
  const { metadata, spec } = object;
  if (spec.timeout !== undefined && parseDuration(spec.timeout) === undefined) {
    errors.push(invalidValue('spec.timeout', spec.timeout, 'must be a duration, such as 5m or 1h30m'));
  }
  const { namespace = '', name } = metadata;
  const source = chartSource(object, errors);
  const values = composedValues(object, config, errors);
  if (source === undefined || errors.length > 0) return { errors };
  const targetNamespace = spec.targetNamespace ?? namespace;
  const timeout = milliseconds(spec.timeout, DEFAULT_TIMEOUT);
  const reinstall = (config?.spec.failurePolicy ?? spec.failurePolicy ?? 'reinstall') === 'reinstall';
  const action = { timeout, disableHooks: false, wait: false, waitForJobs: false };
  const takeOwnership = spec.takeOwnership ?? false;
  const change = { ...action, validateSchema: true, validateObjects: true, takeOwnership };
  const remediation = {
    retries: reinstall ? (spec.backOffLimit ?? Number.POSITIVE_INFINITY) : 0,
    ignoreTestFailures: true,
    remediateLastFailure: false,
    strategy: 'uninstall' as const,
  };
  const intent: ReleaseIntent = {
    releaseName: name,
    targetNamespace,
    storageNamespace: targetNamespace,
    source,
    valuesFiles: [],
    ignoreMissingValuesFiles: false,
    valuesFrom: [...(spec.valuesSecrets ?? []), ...(config?.spec.valuesSecrets ?? [])].flatMap((secret) =>
      secretKeys(namespace, secret),
    ),
    values,
    set: settings(spec.set),
    interval: DEFAULT_INTERVAL,
    suspend: isUnmanaged(object),
    dependsOn: [],
    maxHistory: 10,
    strictValues: false,
    externalChanges: 'adopt',
    plan: false,
    stableGenerators: true,
    driftDetection: { mode: 'disabled', ignore: [] },
    postRenderers: [],
    install: {
      ...change,
      crds: 'Create',
      createNamespace: spec.createNamespace ?? false,
      remediation,
    },
    upgrade: { ...change, crds: 'Skip', cleanupOnFail: false, force: false, preserveValues: false, remediation },
    test: { enable: false, timeout, ignoreFailures: true, filters: [] },
    rollback: { ...action, cleanupOnFail: false, force: false },
    uninstall: uninstallSettings(timeout),
  };
  return { intent };
}

/** Somebody else looks after the release. */
export function isUnmanaged({ metadata }: HelmChart): boolean {
  return metadata.annotations?.['helmcharts.cattle.io/unmanaged'] !== undefined;
}

export function uninstallSettings(timeout: number): ReleaseIntent['uninstall'] {
  return { timeout, disableHooks: false, wait: false, keepHistory: false, propagation: 'background' };
}

function chartSource({ metadata, spec }: HelmChart, errors: FieldError[]): ChartSource | undefined {
  const { chart = '', chartContent, repo, version = '', plainHTTP = false, authSecret } = spec;
  if (chartContent !== undefined && chartContent !== '') return { type: 'inline', base64: chartContent };
  if (chart === '') {
    errors.push(required('spec.chart', 'or chartContent'));
    return undefined;
  }
  errors.push(...rangeErrors('spec.version', version));
  const { namespace = '' } = metadata;
  const secretName = chart.startsWith('oci://')
    ? (spec.dockerRegistrySecret?.name ?? authSecret?.name)
    : authSecret?.name;
  const access: SourceAccess = {
    ...(secretName === undefined ? {} : { secret: { namespace, name: secretName } }),
    ...(spec.repoCA === undefined ? {} : { certificateAuthority: spec.repoCA }),
    ...(spec.repoCAConfigMap?.name === undefined
      ? {}
      : { certificateAuthorities: { namespace, name: spec.repoCAConfigMap.name } }),
    ...(spec.authPassCredentials === undefined ? {} : { passCredentials: spec.authPassCredentials }),
    ...(spec.insecureSkipTLSVerify === undefined ? {} : { insecureSkipTlsVerify: spec.insecureSkipTLSVerify }),
  };
  if (chart.startsWith('oci://')) return { type: 'oci', url: chart, version, plainHttp: plainHTTP, access };
  if (/^https?:\/\//.test(chart)) return { type: 'archive', url: chart, access };
  if (repo === undefined || repo === '') {
    errors.push(required('spec.repo', `${chart} is the name of a chart, so its repository must be known`));
    return undefined;
  }
  if (repo.startsWith('oci://')) {
    return { type: 'oci', url: `${repo.replace(/\/+$/, '')}/${chart}`, version, plainHttp: plainHTTP, access };
  }
  return { type: 'repository', url: repo, name: chart, version, access };
}

/** As k3s says it, a Secret whose updates are ignored need not be there. */
function secretKeys(
  namespace: string,
  { name, keys = [], ignoreUpdates = false }: { name: string; keys?: string[]; ignoreUpdates?: boolean },
): ValuesReference[] {
  const object = { namespace, name };
  const more = ignoreUpdates ? { optional: true, ignoreUpdates } : { optional: false };
  return keys.map((key) => ({ kind: 'Secret', object, key, ...more }));
}

/** Later ones win: those of the chart, then those of its configuration. */
function composedValues({ spec }: HelmChart, config: HelmChartConfig | undefined, errors: FieldError[]): JsonObject {
  const layers = [
    parsedValues(spec.valuesContent, 'spec.valuesContent', errors),
    tableOf(valuesObject(spec.values, 'spec.values', errors)),
    parsedValues(config?.spec.valuesContent, 'valuesContent of the HelmChartConfig', errors),
    tableOf(valuesObject(config?.spec.values, 'values of the HelmChartConfig', errors)),
  ];
  return jsonOf(layers.reduce((under, over) => coalesceTables(over, under, { keepNulls: true })));
}

/** A text of values; what is wrong with it is added to `errors`. */
export function parsedValues(text: string | undefined, path: string, errors: FieldError[]): GoMap {
  if (text === undefined) return new GoMap();
  try {
    return readValues(text, 'no values');
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    errors.push(invalidValue(path, '…', error.message));
    return new GoMap();
  }
}

/** Numbers, and the texts `true`, `false` and `null`, are typed; every other text stays one. */
function settings(set: HelmChart['spec']['set'] = {}): ReleaseIntent['set'] {
  return Object.keys(set)
    .sort()
    .map((path) => {
      const value = set[path] ?? '';
      return {
        path,
        text: String(value),
        isText: typeof value === 'string' && !/^(true|false|null)$/i.test(value),
      };
    });
}
