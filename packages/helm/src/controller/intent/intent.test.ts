import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldError, type Observed } from '@kindred/machinery';
import type { Input } from '@kindred/operator';
import { FluxHelmRelease } from '../kinds/flux-helm-release.ts';
import {
  Bucket,
  ExternalArtifact,
  FluxHelmChart,
  GitRepository,
  HelmRepository,
  OCIRepository,
} from '../kinds/flux-sources.ts';
import { HelmRelease } from '../kinds/helm-release.ts';
import { HelmChart, HelmChartConfig } from '../kinds/k3s-helm-chart.ts';
import { type FluxSources, fromFluxHelmRelease } from './from-flux.ts';
import { fromHelmRelease } from './from-helm-release.ts';
import { fromHelmChart } from './from-k3s.ts';
import type { ReleaseIntent, Translation } from './release-intent.ts';

const metadata = { namespace: 'apps', name: 'web' };

/** As the server would answer it; these kinds have no defaults. */
function observed<T>(kind: { readonly apiVersion: string; readonly kind: string }, object: object): T {
  const identity = { uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' };
  return { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { ...metadata, ...identity }, ...object } as T;
}

function own(spec: Input<typeof HelmRelease>['spec']): Translation {
  return fromHelmRelease(observed<Observed<NonNullable<(typeof HelmRelease)['objectType']>>>(HelmRelease, { spec }));
}

function intentOf(translation: Translation): ReleaseIntent {
  assert.ok('intent' in translation, JSON.stringify(translation));
  return translation.intent;
}

function errorsOf(translation: Translation): string[] {
  assert.ok('errors' in translation, JSON.stringify(translation));
  return translation.errors.map(formatFieldError);
}

const repository = { url: 'https://charts.example.com', name: 'web' };

test('own: what is not said has the defaults that Flux documents', () => {
  const intent = intentOf(own({ chart: { repository } }));
  assert.equal(intent.releaseName, 'web');
  assert.equal(intent.targetNamespace, 'apps');
  assert.equal(intent.storageNamespace, 'apps');
  assert.equal(intent.interval, 300_000);
  assert.equal(intent.maxHistory, 5);
  assert.equal(intent.install.crds, 'Create');
  assert.equal(intent.upgrade.crds, 'Create');
  assert.equal(intent.install.wait, true);
  assert.deepEqual(intent.source, { type: 'repository', ...repository, version: '', access: {} });
  assert.deepEqual(intent.upgrade.remediation, {
    retries: 0,
    ignoreTestFailures: false,
    remediateLastFailure: false,
    strategy: 'rollback',
  });
});

test('own: fields arrive where they belong', () => {
  const intent = intentOf(
    own({
      chart: {
        git: { url: 'https://example.com/x.git', path: 'charts/web', ref: { tag: 'v1' }, secretRef: { name: 's' } },
      },
      interval: '1h30m',
      timeout: '90s',
      targetNamespace: 'prod',
      dependsOn: [{ name: 'db' }, { name: 'cache', namespace: 'infra' }],
      upgrade: { timeout: '10m', remediation: { retries: -1 } },
      valuesFrom: [{ kind: 'Secret', name: 'v', targetPath: 'a.b', optional: true }],
      externalChanges: 'revert',
    }),
  );
  assert.equal(intent.releaseName, 'prod-web');
  assert.equal(intent.interval, 5_400_000);
  assert.equal(intent.install.timeout, 90_000);
  assert.equal(intent.upgrade.timeout, 600_000);
  assert.equal(intent.upgrade.remediation.retries, Number.POSITIVE_INFINITY);
  assert.equal(intent.upgrade.remediation.remediateLastFailure, true);
  assert.deepEqual(intent.dependsOn, [
    { namespace: 'apps', name: 'db' },
    { namespace: 'infra', name: 'cache' },
  ]);
  assert.deepEqual(intent.source, {
    type: 'git',
    url: 'https://example.com/x.git',
    path: 'charts/web',
    ref: { tag: 'v1' },
    access: { secret: { namespace: 'apps', name: 's' } },
    recurseSubmodules: false,
    ignore: { defaults: false },
  });
  assert.deepEqual(intent.valuesFrom, [
    { kind: 'Secret', object: { namespace: 'apps', name: 'v' }, key: 'values.yaml', targetPath: 'a.b', optional: true },
  ]);
  assert.equal(intent.externalChanges, 'revert');
});

test('own: a release name that is too long ends in a digest', () => {
  const { releaseName } = intentOf(own({ chart: { repository }, targetNamespace: 'n'.repeat(60) }));
  assert.equal(releaseName.length, 53);
  assert.match(releaseName, /^n{40}-[0-9a-f]{12}$/);
});

test('own: what is wrong is told by field', () => {
  assert.match(errorsOf(own({ chart: {} }))[0] ?? '', /^spec\.chart: Required value: one of repository, oci/);
  assert.match(
    errorsOf(own({ chart: { repository, inline: 'x' } }))[0] ?? '',
    /^spec\.chart\.inline: Forbidden: the chart already comes from repository/,
  );
  const git = { url: 'https://x', path: '../other' };
  assert.match(errorsOf(own({ chart: { git } }))[0] ?? '', /^spec\.chart\.git\.path: Invalid value/);
  assert.match(errorsOf(own({ chart: { repository }, values: ['a'] }))[0] ?? '', /^spec\.values: .*must be an object/);
  assert.match(
    errorsOf(own({ chart: { repository }, dependsOn: [{ name: 'x', readyExpr: 'dep.' }] }))[0] ?? '',
    /^spec\.dependsOn\[0\]\.readyExpr: Invalid value: "dep\.": compilation failed: ERROR: <input>:1:5/,
  );
});

test('own: rules about drift that can never match are refused', () => {
  const ignore = [
    { paths: ['spec'], target: { name: '(' } },
    { paths: ['/a'], target: { labelSelector: 'a in (' } },
  ];
  const errors = errorsOf(own({ chart: { repository }, driftDetection: { ignore } }));
  assert.match(errors[0] ?? '', /^spec\.driftDetection\.ignore\[0\]\.paths\[0\]: Invalid value: "spec"/);
  assert.match(errors[1] ?? '', /^spec\.driftDetection\.ignore\[0\]\.target: /);
  assert.match(errors[2] ?? '', /^spec\.driftDetection\.ignore\[1\]\.target: /);
});

const sources: FluxSources = {
  helmRepository: (namespace, name) => {
    if (name === 'http')
      return observed(HelmRepository, { spec: { url: 'https://charts.example.com', passCredentials: true } });
    if (name === 'oci')
      return observed(HelmRepository, { spec: { type: 'oci', url: 'oci://r.example.com/charts/', insecure: true } });
    if (name === 'cloud') return observed(HelmRepository, { spec: { url: 'https://x', provider: 'aws' } });
    return namespace === '' ? undefined : undefined;
  },
  gitRepository: (_, name) =>
    name === 'git'
      ? observed(GitRepository, {
          spec: { url: 'https://example.com/x.git', ref: { branch: 'main' }, secretRef: { name: 'key' } },
        })
      : undefined,
  ociRepository: (_, name) =>
    name === 'image'
      ? observed(OCIRepository, {
          spec: { url: 'oci://r.example.com/charts/web', ref: { semver: '^1', digest: `sha256:${'0'.repeat(64)}` } },
        })
      : undefined,
  bucket: (_, name) => {
    const spec = { bucketName: 'charts', endpoint: 'minio:9000' };
    if (name === 'bucket')
      return observed(Bucket, { spec: { ...spec, insecure: true, prefix: 'a/', secretRef: { name: 'key' } } });
    if (name === 'role') return observed(Bucket, { spec: { ...spec, provider: 'aws' } });
    if (name === 'far') return observed(Bucket, { spec: { ...spec, provider: 'gcp', sts: {} } });
    return name === 'bare' ? observed(Bucket, { spec: { ...spec, endpoint: 'http://minio' } }) : undefined;
  },
  externalArtifact: (_, name) =>
    name === 'made'
      ? observed(ExternalArtifact, {
          spec: {},
          status: { artifact: { url: 'http://x/a.tgz', digest: `sha256:${'1'.repeat(64)}` } },
        })
      : undefined,
  helmChart: (_, name) =>
    name === 'chart'
      ? observed(FluxHelmChart, {
          spec: { chart: 'web', version: '1.x', sourceRef: { kind: 'HelmRepository', name: 'http' } },
        })
      : undefined,
};

function flux(spec: Input<typeof FluxHelmRelease>['spec']): Translation {
  return fromFluxHelmRelease(observed(FluxHelmRelease, { spec }), sources);
}

const fluxSources: readonly (readonly [
  string,
  Omit<Input<typeof FluxHelmRelease>['spec'], 'interval'>,
  ReleaseIntent['source'],
])[] = [
  [
    'a HelmRepository',
    { chart: { spec: { chart: 'web', version: '>=1', sourceRef: { kind: 'HelmRepository', name: 'http' } } } },
    {
      type: 'repository',
      url: 'https://charts.example.com',
      name: 'web',
      version: '>=1',
      access: { passCredentials: true },
    },
  ],
  [
    'a HelmRepository of type oci',
    { chart: { spec: { chart: 'web', version: '*', sourceRef: { kind: 'HelmRepository', name: 'oci' } } } },
    { type: 'oci', url: 'oci://r.example.com/charts/web', version: '', plainHttp: true, access: {} },
  ],
  [
    'a GitRepository',
    { chart: { spec: { chart: './charts/web', sourceRef: { kind: 'GitRepository', name: 'git' } } } },
    {
      type: 'git',
      url: 'https://example.com/x.git',
      path: 'charts/web',
      ref: { branch: 'main' },
      access: { secret: { namespace: 'apps', name: 'key' } },
      recurseSubmodules: false,
      ignore: { defaults: true },
    },
  ],
  [
    'a Bucket',
    { chart: { spec: { chart: './web', sourceRef: { kind: 'Bucket', name: 'bucket' } } } },
    {
      type: 'bucket',
      endpoint: 'minio:9000',
      plainHttp: true,
      bucket: 'charts',
      prefix: 'a/',
      path: 'web',
      ignore: { defaults: true },
      access: { secret: { namespace: 'apps', name: 'key' } },
    },
  ],
  [
    'an OCIRepository',
    { chartRef: { kind: 'OCIRepository', name: 'image' } },
    {
      type: 'oci',
      url: 'oci://r.example.com/charts/web',
      version: '^1',
      plainHttp: false,
      access: {},
      digest: `sha256:${'0'.repeat(64)}`,
    },
  ],
  [
    'a HelmChart',
    { chartRef: { kind: 'HelmChart', name: 'chart' } },
    {
      type: 'repository',
      url: 'https://charts.example.com',
      name: 'web',
      version: '1.x',
      access: { passCredentials: true },
    },
  ],
];

for (const [name, spec, source] of fluxSources) {
  test(`flux: a chart of ${name}`, () => {
    assert.deepEqual(intentOf(flux({ interval: '5m', ...spec })).source, source);
  });
}

test('flux: what is missing or not known is told', () => {
  const sourceRef = { kind: 'HelmRepository', name: 'none', namespace: 'other' } as const;
  assert.deepEqual(flux({ interval: '5m', chart: { spec: { chart: 'web', sourceRef } } }), {
    missing: 'HelmRepository other/none',
  });
  assert.match(errorsOf(flux({ interval: '5m' }))[0] ?? '', /exactly one of chart and chartRef/);
  const cloud = { chart: 'web', sourceRef: { kind: 'HelmRepository', name: 'cloud' } } as const;
  assert.match(errorsOf(flux({ interval: '5m', chart: { spec: cloud } }))[0] ?? '', /only generic is known/);
  const inBucket = (name: string) =>
    flux({ interval: '5m', chart: { spec: { chart: 'web', sourceRef: { kind: 'Bucket', name } } } });
  assert.deepEqual(inBucket('none'), { missing: 'Bucket apps/none' });
  assert.match(errorsOf(inBucket('role'))[0] ?? '', /^spec\.secretRef: Required/);
  assert.match(errorsOf(inBucket('far')).join(), /wants credentials of gcp.*spec\.sts: Forbidden/);
  assert.match(errorsOf(inBucket('bare'))[0] ?? '', /HTTP must be allowed/);
  const kubeConfig = { secretRef: { name: 'x' } };
  const chart = { spec: { chart: 'web', sourceRef: { kind: 'HelmRepository', name: 'http' } } } as const;
  const kubeConfigs = { ...kubeConfig, configMapRef: { name: 'y' } };
  assert.match(
    errorsOf(flux({ interval: '5m', chart, kubeConfig: kubeConfigs }))[0] ?? '',
    /^spec\.kubeConfig: Required/,
  );
  const prod = { kind: 'Secret', object: { namespace: 'apps', name: 'x' } };
  assert.deepEqual(intentOf(flux({ interval: '5m', chart, kubeConfig })).kubeConfig, prod);
});

test('what Flux has added: strategies, ways to apply and to wait, texts that stand for themselves', () => {
  const chart = { spec: { chart: 'web', sourceRef: { kind: 'HelmRepository', name: 'http' } } } as const;
  const plain = intentOf(flux({ interval: '5m', chart }));
  assert.equal(plain.install.takeOwnership, true);
  assert.equal(plain.upgrade.reinstallRenamed, true);
  assert.equal(plain.upgrade.remediation.strategy, 'rollback');
  const intent = intentOf(
    flux({
      interval: '5m',
      chart: { spec: { ...chart.spec, interval: '7m', suspend: true } },
      install: { strategy: { name: 'RetryOnFailure', retryInterval: '30s' }, serverSideApply: false },
      upgrade: { strategy: { name: 'RetryOnFailure' }, serverSideApply: 'enabled', disableTakeOwnership: true },
      rollback: { serverSideApply: 'auto' },
      valuesFrom: [{ kind: 'ConfigMap', name: 'v', targetPath: 'a', literal: true }],
      waitStrategy: { name: 'legacy' },
      postRenderStrategy: 'nohooks',
      persistentClient: false,
    }),
  );
  assert.equal(intent.install.remediation.retries, Number.POSITIVE_INFINITY);
  assert.equal(intent.install.remediation.retryInterval, 30_000);
  assert.equal(intent.upgrade.remediation.retryInterval, 300_000);
  assert.deepEqual(
    [intent.install, intent.upgrade, intent.rollback].map((each) => each.applyMethod),
    ['false', 'true', 'auto'],
  );
  assert.equal(intent.upgrade.takeOwnership, false);
  assert.equal(intent.valuesFrom[0]?.literal, true);
  assert.equal(intent.install.waitAsBefore, true);
  assert.equal(intent.postRenderHooks, false);
  assert.equal(intent.freshDiscovery, true);
  assert.equal(intent.sourceInterval, 420_000);
  assert.equal(intent.sourceSuspended, true);
  const wrong = { strategy: { name: 'RemediateOnFailure', retryInterval: '1m' } } as const;
  assert.match(
    errorsOf(flux({ interval: '5m', chart, install: wrong }))[0] ?? '',
    /^spec\.install\.strategy\.retryInterval/,
  );
});

test('flux: a template of an OCIRepository, and what another controller has packaged', () => {
  const ref = { semver: '1.x', semverFilter: '-rc' };
  const spec = { url: 'oci://r.example.com/web', ref, layerSelector: { mediaType: 'x/y', operation: 'copy' } } as const;
  assert.deepEqual(intentOf(flux({ interval: '5m', chart: { kind: 'OCIRepository', spec } })).source, {
    type: 'oci',
    url: 'oci://r.example.com/web',
    version: '1.x',
    tagFilter: '-rc',
    layerType: 'x/y',
    plainHttp: false,
    access: {},
  });
  const mixed = { kind: 'OCIRepository', spec: { ...spec, chart: 'web' } } as const;
  assert.match(errorsOf(flux({ interval: '5m', chart: mixed }))[0] ?? '', /^spec\.chart\.spec\.chart: Forbidden/);
  assert.match(errorsOf(flux({ interval: '5m', chart: { spec } })).join(), /spec\.chart\.spec\.chart: Required/);
  const artifact = (name: string) => flux({ interval: '5m', chartRef: { kind: 'ExternalArtifact', name } });
  const digest = `sha256:${'1'.repeat(64)}`;
  assert.deepEqual(intentOf(artifact('made')).source, { type: 'archive', url: 'http://x/a.tgz', digest, access: {} });
  assert.deepEqual(artifact('none'), { missing: 'ExternalArtifact apps/none' });
});

function k3s(spec: Input<typeof HelmChart>['spec'], config?: Input<typeof HelmChartConfig>['spec']): Translation {
  return fromHelmChart(
    observed(HelmChart, { spec }),
    config === undefined ? undefined : observed(HelmChartConfig, { spec: config }),
  );
}

test('k3s: the sources of a chart', () => {
  const repo = 'https://charts.example.com';
  const table: readonly (readonly [Input<typeof HelmChart>['spec'], ReleaseIntent['source']])[] = [
    [
      { chart: 'web', repo, version: '1' },
      { type: 'repository', url: repo, name: 'web', version: '1', access: {} },
    ],
    [
      { chart: 'web', repo, repoCA: 'PEM', repoCAConfigMap: { name: 'ca' }, insecureSkipTLSVerify: true },
      {
        type: 'repository',
        url: repo,
        name: 'web',
        version: '',
        access: {
          certificateAuthority: 'PEM',
          certificateAuthorities: { namespace: 'apps', name: 'ca' },
          insecureSkipTlsVerify: true,
        },
      },
    ],
    [{ chart: 'https://x/web.tgz' }, { type: 'archive', url: 'https://x/web.tgz', access: {} }],
    [{ chartContent: 'abc' }, { type: 'inline', base64: 'abc' }],
    [
      { chart: 'oci://r/web', plainHTTP: true, dockerRegistrySecret: { name: 'd' } },
      {
        type: 'oci',
        url: 'oci://r/web',
        version: '',
        plainHttp: true,
        access: { secret: { namespace: 'apps', name: 'd' } },
      },
    ],
    [
      { chart: 'web', repo: 'oci://r/charts' },
      { type: 'oci', url: 'oci://r/charts/web', version: '', plainHttp: false, access: {} },
    ],
  ];
  for (const [spec, source] of table) assert.deepEqual(intentOf(k3s(spec)).source, source);
  assert.match(errorsOf(k3s({ chart: 'web' }))[0] ?? '', /^spec\.repo: Required/);
  assert.match(errorsOf(k3s({}))[0] ?? '', /^spec\.chart: Required/);
});

test('k3s: what a failure leads to', () => {
  const remediation = (spec: Input<typeof HelmChart>['spec']) =>
    intentOf(k3s({ chartContent: 'abc', ...spec })).install.remediation.retries;
  assert.equal(remediation({}), Number.POSITIVE_INFINITY);
  assert.equal(remediation({ backOffLimit: 3 }), 3);
  assert.equal(remediation({ failurePolicy: 'abort', backOffLimit: 3 }), 0);
});

test('k3s: values of the configuration come over those of the chart, settings over both', () => {
  const spec = { chartContent: 'abc', valuesContent: 'a: 1\nb: {x: 1, z: 2}', set: { 'b.x': 5, c: 'text', d: 'true' } };
  const intent = intentOf(k3s(spec, { valuesContent: 'b: {z: 3}', failurePolicy: 'abort' }));
  assert.deepEqual(intent.values, { a: 1, b: { x: 1, z: 3 } });
  assert.deepEqual(intent.set, [
    { path: 'b.x', text: '5', isText: false },
    { path: 'c', text: 'text', isText: true },
    { path: 'd', text: 'true', isText: false },
  ]);
  assert.equal(intent.install.remediation.retries, 0);
  assert.equal(intentOf(k3s({ chartContent: 'abc' })).install.remediation.retries, Number.POSITIVE_INFINITY);
  assert.match(errorsOf(k3s({ chartContent: 'abc', valuesContent: 'a: [' }))[0] ?? '', /^spec\.valuesContent: /);
});
