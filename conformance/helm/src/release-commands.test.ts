/**
 * One life of releases by both programs, each on a cluster of its own: what they print, say and end with, command by command.
 * Times, versions of objects and the like are masked.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CommandComparison } from './fixtures/compare-commands.ts';
import { withoutHints } from './fixtures/without-hints.ts';
import { httpCluster } from './http-cluster.ts';

const files = {
  'web/Chart.yaml':
    'apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: "4.5"\nannotations: {a: b, c: d}\nicon: https://example.org/i.png\n',
  'web/values.yaml': 'x: 1\nbig: 1000000\nmap: {on: true}\n',
  'web/templates/settings.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-settings}\n' +
    'data: {x: "{{ .Values.x }}", big: "{{ .Values.big }}", revision: "{{ .Release.Revision }}"}\n',
  'web/templates/account.yaml': 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: {{ .Release.Name }}}\n',
  'web/templates/secret.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata: {name: {{ .Release.Name }}}\nstringData: {a: "<&>"}\n',
  'web/templates/hook.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-hook\n' +
    '  annotations: {helm.sh/hook: "pre-install,test", helm.sh/hook-weight: "3"}\n',
  'web/templates/NOTES.txt': '\nHello {{ .Release.Name }} <&>\n\n',
  'plain/Chart.yaml': 'apiVersion: v2\nname: plain\nversion: 0.1.0\n',
  'plain/templates/kept.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}\n---\n' +
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n',
  'plain/crds/kind.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.org}\nspec:\n' +
    '  group: example.org\n  scope: Namespaced\n  names: {kind: Thing, plural: things}\n  versions:\n' +
    '  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}\n',
  // Everything that a record may have of a chart, in the order of its struct.
  'sub/Chart.yaml':
    'apiVersion: v2\nname: sub\nversion: 0.1.0\nhome: https://x\nsources: [a, b]\nkeywords: [k]\ndeprecated: true\n' +
    'maintainers: [{name: ann, email: a@b, url: u}, {name: bob}]\nkubeVersion: ">=1.0.0-0"\ntype: application\n' +
    'dependencies:\n- {name: child, version: 0.x, tags: [t], import-values: [data, {child: y, parent: z}], alias: kid}\n' +
    '- {name: off, version: 0.x, condition: off.enabled}\n',
  'sub/Chart.lock':
    'dependencies:\n- {name: child, version: 0.1.0, repository: ""}\ndigest: sha256:1\ngenerated: "2026-01-01T00:00:00Z"\n',
  'sub/values.yaml': 'off: {enabled: false}\nb: 1.5\n',
  'sub/values.schema.json': '{"type": "object"}\n',
  'sub/README.md': '# <sub> & more\n',
  'sub/LICENSE': 'free\n',
  'sub/files/a.bin': '\u0000\u00ff',
  'sub/.helmignore': '*.tmp\n',
  'sub/ignored.tmp': 'x',
  'sub/templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-sub}\n',
  'sub/charts/child/Chart.yaml': 'apiVersion: v2\nname: child\nversion: 0.1.0\n',
  'sub/charts/child/values.yaml': 'y: 1\nexports: {data: {q: 1}}\n',
  'sub/charts/child/templates/b.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-child}\n',
  'sub/charts/off/Chart.yaml': 'apiVersion: v2\nname: off\nversion: 0.1.0\n',
  'broken/Chart.yaml': 'apiVersion: v2\nname: broken\nversion: 0.1.0\n',
  'broken/templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nnonsense: 1\n',
  'broken/templates/b.yaml': '{{ fail "never" }}',
  'unknown/Chart.yaml': 'apiVersion: v2\nname: unknown\nversion: 0.1.0\n',
  'unknown/templates/a.yaml': 'apiVersion: example.com/v1\nkind: Nothing\nmetadata: {name: a}\n',
};

/** Columns become narrower with the times in them. */
function masked(text: string): string {
  return (
    withoutHints(text)
      .replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z| \+0000 UTC)\s*/g, 'TIME ')
      .replaceAll(/(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\d+ [\d:]+ \d{4}/g, 'TIME')
      // oxlint-disable-next-line no-control-regex -- sequences that set colors begin with a control character
      .replaceAll(/(UPDATED(?:\x1b\[22m)?) +/g, '$1 ')
      .replaceAll(/(modifiedAt|createdAt)([=:"\s]+)\d+/g, '$1$2N')
      .replaceAll(/web-\d{9,}/g, 'web-N')
      .replaceAll(/\b\d+s$/gm, 'AGE')
      .replaceAll(/"(?:uid|resourceVersion)":"[^"]*",?/g, '')
      .replaceAll(/^ *(?:uid|resourceVersion): .*\n/gm, '')
      .replaceAll(/^level=DEBUG .*\n/gm, '')
      // Helm lists kinds in an order by chance.
      .replaceAll(/(?:==> .*\n(?:.+\n)*\n)+/g, (kinds) =>
        kinds
          .split(/(?===> )/)
          .sort()
          .join(''),
      )
  );
}

let comparison: CommandComparison;
const cleanups: (() => unknown)[] = [];
before(async () => {
  const owner = { after: (cleanup: () => unknown) => void cleanups.push(cleanup) };
  const clusters = [await httpCluster(owner), await httpCluster(owner)];
  for (const { client } of clusters) {
    await client.raw({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'space' } },
    });
  }
  const [HELM, OURS] = clusters.map(({ url }) => ({ SERVER: url }));
  assert.ok(HELM !== undefined && OURS !== undefined);
  comparison = await CommandComparison.start({ files, normalize: masked, replace: { HELM, OURS } });
});
after(async () => {
  await comparison.close();
  for (const cleanup of cleanups) await cleanup();
});

async function compare(...lines: readonly string[]): Promise<void> {
  const steps = lines.map((line) => ({
    words: ['--kube-apiserver', 'SERVER', '-n', 'space', ...line.split(' ').map((word) => word.replaceAll('_', ' '))],
  }));
  assert.deepEqual(await comparison.run(steps), []);
}

test('install: its outputs and what it refuses', () =>
  compare(
    'install one web',
    'install one web',
    'install three web -o yaml --labels a=b,c=d --description hey',
    'install nine sub -o json --set child.y=2',
    'upgrade nine sub -o json',
    'install ten web --dry-run=client -o json',
    'install -g web --dry-run=client',
    'install four web --dry-run=server',
    'install four web --dry-run=server --hide-secret',
    'install four web --hide-secret',
    'install X_ web',
    'install web',
    'install four web --labels name=x',
    'install four nochart',
    'install four web -n nowhere',
    'install four web --set x',
    'install four web --server-side=false --set map.on=null',
    'install five web --hide-notes --no-hooks',
    'install six web -n new --create-namespace',
    'install seven broken',
    'install seven unknown',
    'install seven plain --skip-crds --render-subchart-notes',
    'install eight plain',
  ));

test('list, status, history, get: what is there', () =>
  compare(
    'list',
    'list -A',
    'list -A -o json',
    'list -o yaml',
    'list -q',
    'list -q -o json',
    'list --no-headers',
    'list -n none',
    'list -n none -q',
    'list -n none -o json',
    'list -n none --no-headers',
    'list --time-format 2006',
    'list -f (',
    'list -f ^t',
    'list -m 1 --offset 1',
    'list --offset 99',
    'list -r -q',
    'list -d -q -l a=b',
    'list -l a=b -q',
    'list -l name=one -q',
    'list -l a_in_(b',
    'list --failed',
    'list --deployed --color always',
    'status one',
    'status three -o yaml',
    'status one -o json',
    'status one --revision 9',
    'status nope',
    'status X_',
    'history one',
    'history one -o json',
    'history one -o yaml',
    'history nope',
    'history X_',
    'get values four',
    'get values four -a',
    'get values four -o json',
    'get values one -a -o json',
    'get values one -o yaml',
    'get manifest one',
    'get hooks one',
    'get notes one',
    'get notes seven',
    'get metadata three',
    'get metadata three -o json',
    'get metadata four -o yaml',
    'get all one',
    'get all three --template {{.Release.Name}}_{{.Release.Info.Status}}_{{.Release.Version}}',
    'get all X_',
    'get values one --revision 7',
    'get values nope',
  ));

test('upgrade: values, labels, installs, and what it refuses', () =>
  compare(
    'upgrade one web --set x=3',
    'get values one',
    'upgrade one web --reuse-values --set big=5',
    'get values one',
    'upgrade one web --reset-then-reuse-values --set map.on=null',
    'get values one',
    'upgrade one web',
    'get values one',
    'upgrade one web --reset-values --labels k=v --description new_words -o yaml',
    'get values one',
    'get metadata one',
    'upgrade nope web',
    'upgrade -i nine web',
    'upgrade -i nine web --set x=9 --history-max 1',
    'history nine',
    'upgrade one nochart',
    'upgrade -i ten nochart',
    'upgrade one web --server-side=foo',
    'upgrade one web --dry-run=server --set x=77',
    'upgrade one web --dry-run --hide-secret',
    'upgrade one web --hide-secret',
    'upgrade X_ web',
    'upgrade one broken',
    'upgrade one web --set x',
    'upgrade one web --server-side=false',
    'history one',
  ));

test('rollback and test', () =>
  compare(
    'rollback one',
    'rollback one 1',
    'get values one',
    'rollback one 99',
    'rollback one x',
    'rollback nope',
    'rollback one 1 --dry-run=client',
    'rollback X_',
    'history one --max 3',
    'test one',
    'test one --filter name=foo',
    'test one --filter !name=one-hook',
    'test seven',
    'test nope',
    'test X_',
    'get all one',
  ));

test('uninstall: history that is kept, objects that are kept', () =>
  compare(
    'uninstall three --keep-history',
    'list',
    'list --uninstalled',
    'status three',
    'uninstall three --keep-history',
    'upgrade three web',
    'rollback three',
    'rollback three 1',
    'uninstall three --keep-history --description gone',
    'install three web',
    'install three web --replace',
    'uninstall three',
    'uninstall three',
    'uninstall nope --ignore-not-found',
    'uninstall one four --dry-run',
    'uninstall X_',
    'uninstall seven',
    'uninstall one four five nine',
    'uninstall six -n new --wait',
    'list -A',
  ));
