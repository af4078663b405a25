/** Command lines that need no cluster, by both programs: output, first lines of errors, exit codes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CommandComparison } from './fixtures/compare-commands.ts';
import { withoutHints } from './fixtures/without-hints.ts';
import { CHART_YAML } from './render-both.ts';

const files = {
  'web/Chart.yaml': CHART_YAML.replace('name: probe', 'name: web'),
  'web/values.yaml': 'image: {tag: a}\nport: 80\nname: ""\nhook: true\n',
  'web/templates/a.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-a{{ .Values.name }}}\ndata:\n' +
    '  tag: {{ .Values.image.tag | quote }}\n  port: {{ .Values.port | quote }}\n  upgrade: "{{ .Release.IsUpgrade }}"\n' +
    '  kube: {{ .Capabilities.KubeVersion }}\n  foo: "{{ .Capabilities.APIVersions.Has "foo/v1" }}"\n' +
    '  space: {{ .Release.Namespace }}\n',
  'web/templates/b.yaml':
    '---\nkind: Secret\napiVersion: v1\nmetadata: {name: b}\n---\nkind: Service\napiVersion: v1\nmetadata: {name: b}\n',
  'web/templates/sub/c.yaml':
    '{{ if .Values.hook }}kind: Pod\napiVersion: v1\nmetadata: {name: c, annotations: {helm.sh/hook: test}}{{ end }}\n',
  'web/templates/NOTES.txt': 'Notes of {{ .Release.Name }}\n',
  'web/crds/d.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ds.example.org}\n',
  'lib/Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n',
  'needy/Chart.yaml':
    'apiVersion: v2\nname: needy\nversion: 1.0.0\ndependencies:\n- {name: x, version: 1.0.0, repository: ""}\n',
  'old/Chart.yaml': 'apiVersion: v2\nname: old\nversion: 1.0.0\ndeprecated: true\n',
  'imports/Chart.yaml':
    'apiVersion: v2\nname: imports\nversion: 1.0.0\ndependencies:\n' +
    '- {name: kid, version: 0.x, condition: kid.on, import-values: [nope, {child: a.b, parent: q}, {child: c, parent: q}]}\n',
  'imports/values.yaml': 'kid: {"on": 3, a: {b: {c: 1}}, exports: {}}\n',
  'imports/charts/kid/Chart.yaml': 'apiVersion: v2\nname: kid\nversion: 0.1.0\n',
  'picky/Chart.yaml': 'apiVersion: v2\nname: picky\nversion: 1.0.0\nkubeVersion: ">=1.99"\n',
  'typed/Chart.yaml': 'apiVersion: v2\nname: typed\nversion: 1.0.0\n',
  'typed/values.yaml': 'n: 1\n',
  'typed/values.schema.json': '{"type": "object", "properties": {"n": {"type": "integer"}}}',
  'empty/x': '',
  'one.yaml': 'port: 81\nimage: {tag: one}\n',
  'two.yaml': 'image: {tag: two, more: 1}\n',
  'broken.yaml': 'a: [',
  'text.txt': 'from a file',
};

let comparison: CommandComparison;
before(async () => {
  comparison = await CommandComparison.start({ files, normalize: withoutHints });
});
after(() => comparison.close());

async function compare(lines: readonly string[], input?: string): Promise<void> {
  const steps = lines.map((line) => ({
    words: line === '' ? [] : line.split(' ').map((word) => word.replaceAll('_', ' ')),
    ...(input === undefined ? {} : { input }),
  }));
  assert.deepEqual(await comparison.run(steps), []);
}

test('flags: all their forms, and what is wrong with them', () =>
  compare([
    'version',
    'version --short',
    'version --short=true',
    'version --template {{.Version}}_{{.GoVersion}}',
    'version --template {{.Nope}}',
    'version --template {{.Nope',
    'version --nope',
    'version --no',
    'version -x',
    'version -nx --short',
    'version -n=x --short',
    'version -n',
    'version --namespace',
    'version --=x',
    'version ---x',
    'version -- -x',
    'version --debug=maybe',
    'version --qps x',
    'version --burst-limit 1.5',
    'version --burst-limit 0x10000000000000000000',
    'version --burst-limit 010 --short',
    'version --color foo',
    'version extra',
    '-n x version --short',
    'version --short --namespace=x',
    'list -o xml',
    'list --max abc',
    'list -f',
    'list -zq',
    'list a b',
    'status',
    'status --revision x a',
    'install a b --timeout 5',
    'install a b --timeout 5x',
    'install a b --timeout x',
    'install a b --wait=foo',
    'install a b -l foo',
    'install a b --server-side=foo',
    'install a b --force-conflicts --force-replace',
    'install',
    'upgrade a',
    'rollback',
    'uninstall',
    'uninstall x --cascade=foo',
    'rollback x y',
    'get values',
    'get all a b',
    'history',
    'test',
  ]));

test('commands: unknown ones, aliases, groups', () =>
  compare([
    'nosuch',
    'rollbak',
    'instal',
    'uninstal',
    'hist',
    'ls -o xml',
    'del',
    'env HELM_NAMESPACE',
    'env HELM_CACHE_HOME',
    'env NOPE',
    'env a b',
    'completion zsh x',
  ]));

test('env: what the environment and the flags set', () =>
  compare([
    'env HELM_DEBUG --debug',
    'env HELM_NAMESPACE -n x',
    'env HELM_QPS --qps 1.5',
    'env HELM_KUBEASGROUPS --kube-as-group a --kube-as-group b',
    'env HELM_REPOSITORY_CACHE',
  ]));

test('template: charts, names, selections', () =>
  compare([
    'template web',
    'template x web',
    'template x ./web -n space',
    'template web -g x',
    'template X_ web',
    'template web --name-template a-{{lower_"X"}}',
    'template web --name-template {{nope}}',
    'template x web --name-template y',
    'template a b c',
    'template x nochart',
    'template x ./nochart',
    'template x /nochart',
    'template x repo/chart',
    'template x empty',
    'template x text.txt',
    'template x one.yaml',
    'template x lib',
    'template x needy',
    'template x old',
    'template x imports',
    'lint imports',
    'template x picky',
    'template x picky --kube-version 1.99.1',
    'template x typed --set n=x',
    'template x typed --set n=x --skip-schema-validation',
    'template x web -s templates/a.yaml',
    'template x web -s templates/b.yaml -s templates/a.yaml',
    'template x web -s templates/*.yaml',
    'template x web -s templates/sub/*',
    'template x web -s templates/nope.yaml',
    'template x web --no-hooks',
    'template x web --skip-tests',
    'template x web --include-crds',
    'template x web --include-crds -s crds/d.yaml',
    'template x web --is-upgrade',
    'template x web --kube-version 1.20',
    'template x web --kube-version v1.20.3+k3s1',
    'template x web --kube-version foo',
    'template x web -a foo/v1,bar',
    'template x web --output-dir out',
    'template x web --output-dir named --release-name --include-crds',
    'template x web --dry-run',
    'template x web --dry-run=true',
    'template x web --dry-run=none',
    'template x web --dry-run=foo',
    'template x web --dry-run=server',
    'template x web --validate',
    'template x web --post-renderer foo',
    'template x web --atomic --force --timeout 3s --wait --description a',
    'template x web --verify',
    'template x web --repo http://127.0.0.1:1/',
    'template x http://127.0.0.1:1/a.tgz',
    'template x oci://127.0.0.1:1/a',
  ]));

test('values: files, the family of --set, and what is wrong with them', async () => {
  await compare([
    'template x web -f one.yaml -f two.yaml',
    'template x web -f two.yaml,one.yaml',
    'template x web --set port=1,image.tag=b -f one.yaml',
    'template x web --set-string port=080 --set port=2',
    'template x web --set-json image={"tag":"c"} --set-json {"port":9}',
    'template x web --set-file image.tag=text.txt',
    'template x web --set-literal image.tag=a,b={c}',
    'template x web --set port=null',
    'template x web -f nofile',
    'template x web -f empty',
    'template x web -f http://127.0.0.1:1/x',
    'template x web -f foo://x',
    'template x web --set port',
    'template x web --set a[0=3',
    'template x web --set a[-1]=3',
    'template x web --set-string port',
    'template x web --set-json port={',
    'template x web --set-json {"port":}',
    'template x web --set-json port',
    'template x web --set-literal port',
    'template x web --set-file port=nofile',
    'template x web --set image=1',
    'template x web --set image.tag.x=1',
  ]);
  await compare(['template x web -f -', 'template x web -f one.yaml -f -'], 'port: 99\n');
});

test('clusters that cannot be asked', () =>
  compare([
    'list',
    'status x',
    'history x',
    'get values x',
    'install x web',
    'upgrade x web',
    'upgrade -i x web',
    'rollback x',
    'uninstall x',
    'test x',
    'list --kube-context nope',
    'list --kubeconfig nope',
    'list --kube-apiserver http://127.0.0.1:1',
    'list -f (',
    'list -l a_in_(b',
    'install x web --dry-run=client --hide-notes --no-hooks --set hook=false',
  ]));
