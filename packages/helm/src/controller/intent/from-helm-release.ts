/** Our HelmRelease (`helm.kindred.dev/v1`) as an intent. */
import { type FieldError, forbiddenField, invalidValue, required } from '@kindred/machinery';
import type { HelmRelease } from '../kinds/helm-release.ts';
import type { ChartSource, ObjectName, Translation } from './release-intent.ts';
import { releaseSettings } from './release-settings.ts';
import { accessOf, endpointOf, gitVerification, isInside } from './source-access.ts';
import { rangeErrors } from './version-range.ts';

type ChartSpec = HelmRelease['spec']['chart'];

export function fromHelmRelease(object: HelmRelease): Translation {
  const errors: FieldError[] = [];
  const { metadata, spec } = object;
  const settings = releaseSettings(object, errors);
  const source = chartSource(spec.chart, metadata.namespace ?? '', errors);
  if (source === undefined || errors.length > 0) return { errors };
  const valuesFiles = spec.chart.valuesFiles ?? [];
  return {
    intent: {
      ...settings,
      source,
      valuesFiles,
      ignoreMissingValuesFiles: spec.chart.ignoreMissingValuesFiles ?? false,
    },
  };
}

const sourceFields = ['repository', 'oci', 'git', 'bucket', 'archive', 'configMap', 'inline'] as const;

function chartSource(chart: ChartSpec, namespace: string, errors: FieldError[]): ChartSource | undefined {
  const given = sourceFields.filter((field) => chart[field] !== undefined);
  if (given.length === 0) errors.push(required('spec.chart', `one of ${sourceFields.join(', ')}`));
  for (const field of given.slice(1)) {
    errors.push(forbiddenField(`spec.chart.${field}`, `the chart already comes from ${given[0]}`));
  }
  if (errors.length > 0) return undefined;
  const { repository, oci, git, bucket, archive, configMap, inline } = chart;
  if (repository !== undefined) {
    const { url, name, version = '', passCredentials, insecureSkipTLSVerify } = repository;
    errors.push(...rangeErrors('spec.chart.repository.version', version));
    const access = {
      ...accessOf(namespace, repository),
      ...(passCredentials === undefined ? {} : { passCredentials }),
      ...(insecureSkipTLSVerify === undefined ? {} : { insecureSkipTlsVerify: insecureSkipTLSVerify }),
    };
    return { type: 'repository', url, name, version, access, ...keyringOf(repository.verify, namespace) };
  }
  if (oci !== undefined) {
    const { url, version = '', digest, insecure: plainHttp = false } = oci;
    errors.push(...rangeErrors('spec.chart.oci.version', version));
    const access = accessOf(namespace, oci);
    const keys =
      oci.verify?.provider === 'provenance' ? keyringOf(oci.verify, namespace) : cosignOf(oci.verify, namespace);
    return { type: 'oci', url, version, plainHttp, access, ...(digest === undefined ? {} : { digest }), ...keys };
  }
  if (git !== undefined) {
    const { url, path = '', ref = {}, recurseSubmodules = false, ignore: rules, verify } = git;
    errors.push(...rangeErrors('spec.chart.git.ref.semver', ref.semver));
    if (!isInside(path)) errors.push(invalidValue('spec.chart.git.path', path, 'must be inside the repository'));
    return {
      type: 'git',
      url,
      path,
      ref,
      access: accessOf(namespace, git),
      recurseSubmodules,
      ignore: { defaults: false, ...(rules === undefined ? {} : { rules }) },
      ...(verify === undefined ? {} : { verify: gitVerification(verify, namespace) }),
    };
  }
  if (bucket !== undefined) {
    const { endpoint, bucketName, path = '', prefix = '', region, insecure = false, ignore: rules } = bucket;
    if (!isInside(path)) errors.push(invalidValue('spec.chart.bucket.path', path, 'must be inside the bucket'));
    return {
      type: 'bucket',
      ...endpointOf(endpoint, insecure, errors),
      bucket: bucketName,
      ...(region === undefined ? {} : { region }),
      prefix,
      path,
      ignore: { defaults: false, ...(rules === undefined ? {} : { rules }) },
      access: accessOf(namespace, bucket),
    };
  }
  if (archive !== undefined) {
    const { url, digest } = archive;
    const keys = keyringOf(archive.verify, namespace);
    return {
      type: 'archive',
      url,
      access: accessOf(namespace, archive),
      ...(digest === undefined ? {} : { digest }),
      ...keys,
    };
  }
  if (configMap !== undefined) {
    return { type: 'configMap', object: { namespace, name: configMap.name }, key: configMap.key ?? 'chart.tgz' };
  }
  return { type: 'inline', base64: inline ?? '' };
}

interface Verify {
  readonly secretRef: { readonly name: string };
}

function keyringOf(verify: Verify | undefined, namespace: string): { keyring?: ObjectName } {
  return verify === undefined ? {} : { keyring: { namespace, name: verify.secretRef.name } };
}

function cosignOf(verify: Verify | undefined, namespace: string): { cosign?: ObjectName } {
  return verify === undefined ? {} : { cosign: { namespace, name: verify.secretRef.name } };
}
