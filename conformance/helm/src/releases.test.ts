/**
 * Releases that two programs share: each command by one of them, the next by the other. The same commands leave the same
 * records and the same objects, whoever gave them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getRelease, list, type Release } from '@kindred/helm';
import { type Program, type ProgramOptions, programs } from './release-programs.ts';
import { stateOf } from './release-state.ts';

const CHART = {
  'Chart.yaml':
    'apiVersion: v2\nname: shop\nversion: 1.2.3\nappVersion: "7"\nkeywords: [a, b]\nmaintainers: [{name: m, email: e}]\nannotations: {x: "<y>"}\n',
  'values.yaml': 'color: blue\nextra: false\nbig: 1000000\nfail: false\n',
  'README.md': '# shop\n',
  'templates/NOTES.txt': 'Welcome to {{ .Release.Name }}, revision {{ .Release.Revision }}.\n',
  'templates/settings.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-settings\ndata:\n  color: {{ .Values.color | quote }}\n',
  'templates/secret.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}-key\nstringData: {a: b}\n',
  'templates/extra.yaml':
    '{{ if .Values.extra }}\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-extra\n{{ end }}\n',
  'templates/kept.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-kept\n  annotations: {helm.sh/resource-policy: keep}\n',
  'templates/before.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-before\n  annotations:\n    helm.sh/hook: pre-install,pre-upgrade,pre-rollback,pre-delete\n    helm.sh/hook-weight: "-5"\ndata: {color: {{ .Values.color | quote }}}\n',
  'templates/after.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-after\n  annotations:\n    helm.sh/hook: post-install,post-upgrade\n    helm.sh/hook-delete-policy: hook-succeeded\n',
  'templates/broken.yaml':
    '{{ if .Values.fail }}\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-broken\ndata: {a: {b: c}}\n{{ end }}\n',
};

type Step = readonly [command: string, run: (program: Program, chart: string) => Promise<string>];

const JOURNEY: readonly Step[] = [
  ['install', (by, chart) => by.install('web', chart, { set: 'color=red', labels: 'team=a', description: 'first' })],
  ['install again', (by, chart) => by.install('web', chart)],
  ['upgrade', (by, chart) => by.upgrade('web', chart, { set: 'extra=true' })],
  ['upgrade without values', (by, chart) => by.upgrade('web', chart, { labels: 'team=null,stage=b' })],
  ['upgrade that fails', (by, chart) => by.upgrade('web', chart, { set: 'fail=true,extra=true', cleanupOnFail: true })],
  ['rollback', (by) => by.rollback('web', 0)],
  ['upgrade reusing', (by, chart) => by.upgrade('web', chart, { set: 'color=green', reuseValues: true })],
  [
    'upgrade resetting, then reusing',
    (by, chart) => by.upgrade('web', chart, { set: 'big=3', resetThenReuseValues: true }),
  ],
  ['upgrade resetting', (by, chart) => by.upgrade('web', chart, { resetValues: true, historyMax: 4 })],
  ['rollback to one that is gone', (by) => by.rollback('web', 1)],
  ['test without tests', (by) => by.test('web')],
  ['another upgrade that fails', (by, chart) => by.upgrade('web', chart, { set: 'fail=true' })],
  ['uninstall', (by) => by.uninstall('web', { keepHistory: true })],
  ['uninstall again', (by) => by.uninstall('web', { keepHistory: true })],
  ['upgrade what is uninstalled', (by, chart) => by.upgrade('web', chart)],
  ['install over it', (by, chart) => by.install('web', chart, { replace: true, noHooks: true })],
  ['uninstall for good', (by) => by.uninstall('web')],
  ['uninstall what is not there', (by) => by.uninstall('web')],
  ['upgrade what is not there', (by, chart) => by.upgrade('web', chart)],
  ['roll back what is not there', (by) => by.rollback('web', 0)],
  ['install that fails', (by, chart) => by.install('bad', chart, { set: 'fail=true' })],
  ['install with a bad name', (by, chart) => by.install('Bad_Name', chart)],
];

/** Commands by helm alone, by ours alone, and by turns: each time the same texts and the same state. */
interface Variant {
  readonly options: ProgramOptions & { readonly serverSide: boolean };
  readonly others: readonly string[];
  /** How much of the journey; all when not given. */
  readonly steps?: number;
}
const VARIANTS: readonly Variant[] = [
  { options: { serverSide: true }, others: ['helm first', 'ours first'] },
  { options: { serverSide: false }, others: ['ours first'] },
  { options: { serverSide: true, driver: 'configmap' }, others: ['helm first'], steps: 6 },
];
for (const { options, others: journeysByTurns, steps } of VARIANTS) {
  const title = `${options.serverSide ? 'server-side' : 'client-side'} apply, ${options.driver ?? 'secret'}s`;
  test(`a release may change hands between helm and ours: ${title}`, { timeout: 120_000 }, async (t) => {
    const journeys = await Promise.all(
      ['helm', ...journeysByTurns].map(async (who) => {
        const both = await programs(t, options);
        const chart = await both.chart('shop', CHART);
        return { who, both, chart, log: [] as { command: string; error: string; state: unknown }[] };
      }),
    );
    for (const [n, [command, run]] of JOURNEY.slice(0, steps).entries()) {
      await Promise.all(
        journeys.map(async ({ who, both, chart, log }) => {
          const isHelm =
            who === 'helm' || (who === 'helm first' && n % 2 === 0) || (who === 'ours first' && n % 2 === 1);
          const by = withServerSide(isHelm ? both.helm : both.ours, options.serverSide);
          const error = await run(by, chart);
          log.push({ command, error, state: await stateOf(both, options) });
        }),
      );
      const [expected, ...others] = journeys.map(({ log }) => log[n]);
      for (const [at, actual] of others.entries()) {
        assert.deepEqual(actual, expected, `${command}, ${journeys[at + 1]?.who}`);
      }
    }
  });
}

function withServerSide(program: Program, serverSide: boolean): Program {
  return {
    ...program,
    install: (release, chart, options = {}) => program.install(release, chart, { serverSide, ...options }),
  };
}

test('both list and show the same', { timeout: 60_000 }, async (t) => {
  const both = await programs(t);
  const chart = await both.chart('shop', CHART);
  assert.equal(await both.helm.install('a', chart), '');
  assert.equal(await both.ours.install('b', chart, { set: 'color=red' }), '');
  assert.equal(await both.helm.upgrade('b', chart), '');
  const { stdout } = await both.cluster.helm('list', '-o', 'json');
  const listed = JSON.parse(stdout) as { name: string; revision: string; status: string; chart: string }[];
  const ours = await list(both.context());
  assert.deepEqual(
    listed.map(({ name, revision, status }) => ({ name, revision, status })),
    ours.map(({ name, revision, info }) => ({ name, revision: String(revision), status: info.status })),
  );
  for (const [part, text] of [
    ['manifest', (release: Release) => release.manifest],
    ['notes', (release: Release) => `NOTES:\n${release.info.notes}`],
    [
      'hooks',
      (release: Release) => release.hooks.map(({ path, manifest }) => `---\n# Source: ${path}\n${manifest}\n`).join(''),
    ],
  ] as const) {
    const shown = (await both.cluster.helm('get', part, 'b')).stdout;
    assert.equal(text(await getRelease(both.context(), { name: 'b' })).trim(), shown.trim(), part);
  }
});
