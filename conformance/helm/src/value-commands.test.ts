/** The commands about values that helm doesn't have; what they make is given to the real helm where it can judge. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HelmHome } from './fixtures/helm-home.ts';
import { httpCluster } from './http-cluster.ts';

let home: HelmHome;

before(async () => {
  home = await HelmHome.make();
  await home.write({
    'web/Chart.yaml':
      'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: db, version: 1.x, repository: "", alias: store}\n',
    'web/values.yaml':
      '# -- How many\nreplicas: 2\nimage:\n  repository: nginx\n  tag: ""\nbig: 1000000\nstore:\n  size: 5\n',
    'web/templates/a.yaml':
      'kind: A\nreplicas: {{ int .Values.replicas }}\nimage: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"\nbig: "{{ .Values.big }}"\n',
    'web/charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.2.0\n',
    'web/charts/db/values.yaml': 'size: 1\nuser: root\n',
    'web/charts/db/templates/b.yaml': 'kind: B\nsize: {{ .Values.size }}\nuser: {{ .Values.user }}\n',
    'prod.yaml': 'image:\n  tag: v1\nstore:\n  user: app\n',
  });
});

after(() => home.close());

test('values explain: a row for each value, with what it took the place of', async () => {
  const { code, stdout } = await home.ours(['values', 'explain', 'web', '-f', 'prod.yaml', '--set', 'image.tag=v2']);
  assert.equal(code, 0);
  const rows = stdout.split('\n').map((line) => line.split('\t').map((cell) => cell.trim()));
  assert.deepEqual(rows[0], ['KEY', 'TYPE', 'VALUE', 'ORIGIN', 'OVERRODE']);
  assert.deepEqual(
    rows.find(([key]) => key === 'image.tag'),
    ['image.tag', 'string', '"v2"', '--set image.tag', '"v1" of prod.yaml:2, "" of web/values.yaml:5'],
  );
  assert.deepEqual(
    rows.find(([key]) => key === 'store.size'),
    ['store.size', 'number', '5', 'web/values.yaml:8', '1 of web/charts/store/values.yaml:1'],
  );
});

test('values explain: one key, as data, and a key that there is not', async () => {
  const { stdout } = await home.ours(['values', 'explain', 'web', 'store.user', '-f', 'prod.yaml', '-o', 'json']);
  assert.deepEqual(JSON.parse(stdout), [
    {
      path: 'store.user',
      type: 'string',
      value: 'app',
      origin: { text: 'prod.yaml:4', kind: 'file', file: 'prod.yaml', line: 4, column: 3, valueLine: 4 },
      overrode: [
        {
          value: 'root',
          origin: {
            text: 'web/charts/store/values.yaml:2',
            kind: 'chart',
            chart: 'web/charts/store',
            file: 'values.yaml',
            line: 2,
            column: 1,
            valueLine: 2,
          },
        },
      ],
    },
  ]);
  assert.deepEqual(await home.ours(['values', 'explain', 'web', 'image.tga']), {
    code: 1,
    stdout: '',
    stderr: 'Error: the chart has no value image.tga; did you mean image.tag?\n',
  });
});

test('schema generate: the real helm accepts the chart with it, and refuses values of other types', async () => {
  const { stdout, code } = await home.ours(['schema', 'generate', 'web']);
  assert.equal(code, 0);
  await home.write({ 'web/values.schema.json': stdout });
  try {
    const good = await home.helm(['template', 'r', 'web', '-f', 'prod.yaml', '--set', 'store.size=3,global.x=1']);
    assert.equal(good.code, 0, good.stderr);
    const bad = await home.helm(['template', 'r', 'web', '--set', 'replicas=many,image.tga=x,store.usr=y']);
    assert.equal(bad.code, 1);
    assert.match(bad.stderr, /at '\/replicas': got string, want integer/);
    assert.match(bad.stderr, /at '\/image': additional properties 'tga' not allowed/);
    assert.match(bad.stderr, /at '\/store': additional properties 'usr' not allowed/);
  } finally {
    await home.write({ 'web/values.schema.json': '{}' });
  }
});

test('schema types: an interface named after the chart', async () => {
  const { stdout } = await home.ours(['schema', 'types', 'web']);
  assert.match(stdout, /^export interface WebValues \{$/m);
  assert.match(stdout, /^ {2}readonly replicas\?: number;$/m);
  assert.match(stdout, /^ {2}readonly store\?: \{$/m);
  const named = await home.ours(['schema', 'types', 'web', '--type-name', 'no type']);
  assert.deepEqual([named.code, named.stderr], [1, 'Error: "no type" can\'t be the name of a type\n']);
});

test('--strict-values: unknown keys fail; without it misspelled ones are warned of', async () => {
  const words = ['template', 'r', 'web', '--set', 'image.tga=v1,other=1'];
  const lenient = await home.ours(words);
  assert.equal(lenient.code, 0);
  assert.equal(lenient.stderr, 'level=WARN msg="the chart has image.tag, you wrote image.tga (--set image.tga)"\n');
  assert.equal(lenient.stdout, (await home.helm(words)).stdout);
  assert.deepEqual(await home.ours([...words, '--strict-values']), {
    code: 1,
    stdout: '',
    stderr:
      "Error: values that the chart web doesn't have:\n" +
      '- the chart has image.tag, you wrote image.tga (--set image.tga)\n- the chart has no other (--set other)\n',
  });
});

test('lint --strict-values: unknown keys are errors; --own-rules: what helm says nothing of', async () => {
  const words = ['lint', 'web', '--set', 'image.tga=v1'];
  assert.equal((await home.ours(words)).code, (await home.helm(words)).code);
  const strict = await home.ours([...words, '--strict-values', '--own-rules']);
  assert.equal(strict.code, 1);
  assert.match(strict.stdout, /\[ERROR\] values\.yaml: the chart has image\.tag, you wrote image\.tga/);
  assert.match(strict.stdout, /\[WARNING\] values\.yaml:6: big: 1000000 prints as 1e\+06/);
  const numbers = await home.ours(['lint', 'web', '--own-rules', '--strict-numbers']);
  assert.doesNotMatch(numbers.stdout, /1e\+06/);
});

test('--strict-numbers: integers are printed as integers', async () => {
  const words = ['template', 'r', 'web', '-s', 'templates/a.yaml'];
  const usual = await home.ours(words);
  assert.equal(usual.stdout, (await home.helm(words)).stdout);
  assert.match(usual.stdout, /big: "1e\+06"/);
  assert.match((await home.ours([...words, '--strict-numbers'])).stdout, /big: "1000000"/);
});

test('a manifest for a hook that there is not is left out as by helm, with a warning', async () => {
  await home.write({
    'hooked/Chart.yaml': 'apiVersion: v2\nname: hooked\nversion: 1.0.0\n',
    'hooked/templates/a.yaml': 'kind: Job\nmetadata:\n  name: x\n  annotations: {helm.sh/hook: pre-instal}\n',
    'hooked/templates/b.yaml': 'kind: B\n',
  });
  const words = ['template', 'r', 'hooked'];
  const ours = await home.ours(words);
  assert.equal(ours.stdout, (await home.helm(words)).stdout);
  assert.match(ours.stderr, /Job x of hooked\/templates\/a\.yaml is left out: there is no hook \\"pre-instal\\"/);
});

test('an error names the line of the file given with -f', async () => {
  await home.write({ 'broken.yaml': 'image:\n  repository: a\n  tag: "\\"x"\n' });
  const words = ['template', 'r', 'web', '-f', 'broken.yaml'];
  const [helm, ours] = [await home.helm(words), await home.ours(words)];
  assert.equal(ours.code, helm.code);
  assert.equal(
    ours.stderr.split('\n')[0],
    helm.stderr.split('\n').find((line) => line.startsWith('Error: ')),
  );
  assert.match(ours.stderr, /with \.Values\.image\.tag \(broken\.yaml:3\)/);
});

test('upgrade --reuse-values warns of the defaults that it hides', { timeout: 60_000 }, async (t) => {
  const { url } = await httpCluster(t);
  const chart = (version: string, values: string) => ({
    'next/Chart.yaml': `apiVersion: v2\nname: next\nversion: ${version}\n`,
    'next/values.yaml': values,
    'next/templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: "{{ .Values.fresh }}"}\n',
  });
  await home.write(chart('1.0.0', 'kept: 1\nmoved: old\n'));
  const server = ['--kube-apiserver', url, '--kube-token', 'admin'];
  const installed = await home.ours(['install', 'web', 'next', ...server]);
  assert.equal(installed.code, 0, installed.stderr);
  await home.write(chart('2.0.0', 'kept: 1\nmoved: new\nfresh: x\n'));
  const upgraded = await home.ours(['upgrade', 'web', 'next', '--reuse-values', ...server]);
  assert.equal(upgraded.code, 0, upgraded.stderr);
  assert.deepEqual(upgraded.stderr.trim().split('\n'), [
    'level=WARN msg="moved has another default in the chart (next/values.yaml:2), but the reused values keep the earlier one"',
    'level=WARN msg="fresh is new since version 2.0.0 of the chart (next/values.yaml:3), but the reused values don\'t have it"',
  ]);
  const plain = await home.ours(['upgrade', 'web', 'next', '--reset-then-reuse-values', ...server]);
  assert.deepEqual([plain.code, plain.stderr], [0, '']);
});

test('a value that --reuse-values hides is named with the version that introduced it', {
  timeout: 60_000,
}, async (t) => {
  const { url } = await httpCluster(t);
  const write = (version: string, values: string, text: string) =>
    home.write({
      'shop/Chart.yaml': `apiVersion: v2\nname: shop\nversion: ${version}\n`,
      'shop/values.yaml': values,
      'shop/templates/a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: "${text}"}\n`,
    });
  const server = ['--kube-apiserver', url, '--kube-token', 'admin'];
  const run = async (...words: string[]) => {
    const { code, stderr } = await home.ours([...words, ...server]);
    assert.equal(code, 0, stderr);
  };
  await write('1.4.0', 'old: {size: 1}\n', '{{ .Values.old.size }}');
  await run('install', 'web', 'shop', '--set', 'mine=1');
  // The real helm writes the record that holds reused values.
  await write('1.5.0', 'old: {size: 1}\ncache: {size: 1}\n', 'x');
  const helm = await home.helm(['upgrade', 'web', 'shop', '--reuse-values', ...server]);
  assert.equal(helm.code, 0, helm.stderr);
  await write('1.6.0', 'old: {size: 1}\ncache: {size: 1}\n', 'y');
  await run('upgrade', 'web', 'shop', '--reset-then-reuse-values');
  await write('2.0.0', 'cache: {size: 1}\nfeature:\n  size: 1\n', '{{ .Values.feature.size }}');
  const words = ['upgrade', 'web', 'shop', '--reuse-values', ...server];
  const [theirs, ours] = [await home.helm(words), await home.ours(words)];
  assert.equal(ours.code, 1);
  const lines = ours.stderr.split('\n');
  const summary = theirs.stderr.trimEnd().split('\n');
  assert.deepEqual(lines.slice(-summary.length - 4, -4), summary);
  assert.deepEqual(lines.slice(-4), [
    '  hint: .Values.feature: there is no feature among the values',
    "  hint: .Values.feature is a default of shop since version 2.0.0 (shop/values.yaml:2); 1.6.0 didn't have it",
    '  hint: --reuse-values hides it behind the values of revision 3 (shop 1.6.0): use --reset-then-reuse-values, or no preserveValues in a HelmRelease',
    '',
  ]);

  await write('2.0.0', 'cache: {size: 1}\nfeature:\n  size: 1\n', '{{ .Values.old.size }}');
  const removed = await home.ours(['upgrade', 'web', 'shop', ...server, '--set', 'mine=2']);
  assert.match(removed.stderr, /\n {2}hint: \.Values\.old was a default of shop until version 1\.6\.0\n$/);

  const table = await home.ours(['values', 'explain', 'shop', '--release', 'web', ...server]);
  const rows = table.stdout.split('\n').map((line) => line.split('\t').map((cell) => cell.trim()));
  assert.deepEqual(
    rows.map(([key, , , , , since]) => [key, since]),
    [
      ['KEY', 'SINCE'],
      ['cache.size', '1.6.0'],
      ['feature.size', '2.0.0'],
      ['', undefined],
    ],
  );
  const data = await home.ours([
    'values',
    'explain',
    'shop',
    'cache.size',
    '--release',
    'web',
    '-o',
    'json',
    ...server,
  ]);
  assert.deepEqual(JSON.parse(data.stdout)[0].introduced, { since: '1.6.0', before: '1.4.0' });

  // Archives beside the chart know more than the history.
  for (const version of ['1.7.0', '1.8.0', '2.0.0']) {
    await write(
      version,
      `cache: {size: 1}\n${version === '1.7.0' ? '' : 'feature: {size: 1}\n'}`,
      '{{ .Values.feature.size }}',
    );
    assert.equal((await home.ours(['package', 'shop'])).code, 0);
  }
  const known = await home.ours(['upgrade', 'web', 'shop-2.0.0.tgz', '--reuse-values', ...server]);
  assert.match(
    known.stderr,
    /is a default of shop since version 1\.8\.0 \(shop\/values\.yaml:2\); 1\.7\.0 didn't have it\n/,
  );
});
