/** `lint` of both programs over charts with everything wrong that lint knows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandComparison } from './fixtures/compare-commands.ts';

const chart = (name: string, extra = ''): string =>
  `apiVersion: v2\nname: ${name}\nversion: 1.0.0\nicon: https://a.b/c\n${extra}`;

/** A chart whose templates are these. */
function templates(name: string, files: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(files).map(([file, text]) => [`${name}/templates/${file}`, text] as const);
  return { [`${name}/Chart.yaml`]: chart(name), [`${name}/values.yaml`]: '', ...Object.fromEntries(own) };
}

const metadata: Readonly<Record<string, string>> = {
  twice:
    'apiVersion: v2\nname: twice\nversion: 0.1.0\nname: twice\nmaintainers:\n- name: a\n  name: b\n"version": 0.1.0\nzzz: 1\n',
  good: chart('good'),
  'empty-file': '',
  'wrong-types': chart('wrong-types', 'keywords: x\n'),
  'wrong-element': chart('wrong-element', 'keywords: [{a: 1}]\n'),
  'wrong-flag': chart('wrong-flag', 'deprecated: "yes"\n'),
  'wrong-annotations': chart('wrong-annotations', 'annotations: [a]\n'),
  'wrong-annotation': chart('wrong-annotation', 'annotations: {a: {b: 1}}\n'),
  'wrong-maintainer': chart('wrong-maintainer', 'maintainers: [x]\n'),
  'wrong-maintainer-name': chart('wrong-maintainer-name', 'maintainers: [{name: [x]}]\n'),
  'wrong-dependency': chart('wrong-dependency', 'dependencies: {a: 1}\n'),
  'wrong-dependency-tags': chart('wrong-dependency-tags', 'dependencies: [{name: a, tags: x}]\n'),
  'wrong-name': 'apiVersion: v2\nname: [x]\nversion: 1.0.0\n',
  list: '- a\n',
  scalar: 'text\n',
  unknown: chart('unknown', 'other: x\n'),
  'unknown-inside': chart('unknown-inside', 'maintainers: [{name: a, mail: b}]\n'),
  numbers: 'apiVersion: v2\nname: numbers\nversion: 1\nappVersion: 1.1\nicon: https://a.b/c\n',
  flags: 'apiVersion: v2\nname: flags\nversion: 1.0.0\nappVersion: true\nicon: https://a.b/c\n',
  v1: 'apiVersion: v1\nname: v1\nversion: 1.0.0\ntype: application\ndependencies: [{name: a, version: "1"}]\n',
  none: 'name: none\nversion: 1.0.0\ntype: library\n',
  v3: 'apiVersion: v3\nname: v3\nversion: 1.0.0\n',
  unnamed: 'apiVersion: v2\nversion: 1.0.0\n',
  slash: 'apiVersion: v2\nname: a/b\nversion: 1.0.0\n',
  Upper_Case: chart('Upper_Case'),
  'no-version': 'apiVersion: v2\nname: no-version\n',
  'bad-version': 'apiVersion: v2\nname: bad-version\nversion: one\n',
  'zero-version': 'apiVersion: v2\nname: zero-version\nversion: 0.0.0-0\n',
  'loose-version': 'apiVersion: v2\nname: loose-version\nversion: v1.2\n',
  'zeros-version': 'apiVersion: v2\nname: zeros-version\nversion: 1.02.3\n',
  'pre-version': 'apiVersion: v2\nname: pre-version\nversion: 1.2.3-rc.1+build\n',
  'bad-type': chart('bad-type', 'type: thing\n'),
  'bad-sources': chart('bad-sources', 'sources: [https://a/b, x]\n'),
  'empty-source': chart('empty-source', 'sources: [""]\n'),
  'bad-icon': 'apiVersion: v2\nname: bad-icon\nversion: 1.0.0\nicon: x.png\n',
  'missing-dependency': chart('missing-dependency', 'dependencies: [{name: a, version: "1", repository: ""}]\n'),
  'double-dependency': chart('double-dependency', 'dependencies: [{name: a, version: "1"}, {name: a, version: "2"}]\n'),
};

for (const [index, maintainer] of [
  '{email: a@b.cc}',
  '{name: a, email: b}',
  '{name: a, email: b@c}',
  '{name: a, email: b@c.dd}',
  '{name: a, url: "x y"}',
  '{name: a, url: "https://x.yy/z?q=1#f"}',
  '{name: a, url: x.yy}',
  '{name: a, url: localhost:8080}',
  '{name: a, url: "http://[::1]/"}',
  '{name: a, url: ftp://user@host.org/x}',
  '{name: a, url: mailto:x@y.org}',
  '{name: a, url: /x}',
].entries()) {
  Object.assign(metadata, { [`maintainer-${index}`]: chart(`maintainer-${index}`, `maintainers: [${maintainer}]\n`) });
}

const objects = `apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: Up_per}
---
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: a}
---
apiVersion: v1
kind: Endpoints
metadata: {name: a}
---
apiVersion: flowcontrol.apiserver.k8s.io/v1beta3
kind: FlowSchemaList
metadata: {name: a}
---
apiVersion: networking.k8s.io/v1beta1
kind: IngressClass
metadata: {name: a}
---
apiVersion: v1
kind: Service
metadata: {name: 1a}
---
apiVersion: v1
kind: Service
metadata: {}
---
kind: ConfigMap
metadata: {name: ${'a'.repeat(254)}}
---
kind: Namespace
metadata: {name: a.b}
---
kind: Namespace
metadata: {name: A}
---
kind: ServiceAccount
metadata: {name: a.B}
---
kind: Role
metadata: {name: "a%b/c:d"}
---
kind: ClusterRole
metadata: {name: "system:x"}
---
kind: CertificateSigningRequest
metadata: {name: "what EVER"}
---
`;

const files: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(metadata).map(([name, text]) => [`${name}/Chart.yaml`, text])),
  ...templates('objects', { 'a.yaml': objects }),
  ...templates('list', {
    'a.yaml': 'kind: List\nmetadata: {name: a}\nitems: [{metadata: {annotations: {helm.sh/resource-policy: keep}}}]\n',
  }),
  ...templates('stateful', {
    'a.yaml': 'kind: StatefulSet\nmetadata: {name: a}\n',
    'b.yaml': 'kind: DaemonSet\nmetadata: {name: a}\nx: matchLabels\n',
  }),
  ...templates('shapes', {
    '0.yaml': '\n\n',
    '1.yml': '---\n---\n# only this\n',
    '2.YAML': 'x',
    'a.yaml': '  kind: A\n  metadata: {name: a}\n',
    'b.json': '{}',
    'c.tpl': '',
    'd.txt': '',
    e: '',
    'f/g.yaml': '\tx',
  }),
  ...templates('array', { 'a.yaml': '[1, 2]\n', 'b.yaml': 'kind: {a: 1}\n' }),
  ...templates('text', { 'a.yaml': 'only text\n' }),
  ...templates('nested', { 'a.yaml': 'kind: [a]\n' }),
  ...templates('metadata', { 'a.yaml': 'kind: A\nmetadata: [a]\n' }),
  ...templates('failing', { 'a.yaml': 'a: {{ .Values.x.y }}\n' }),
  ...templates('unparsed', { 'a.yaml': 'a: {{ nofunc }}\n' }),
  ...templates('demanding', {
    'a.yaml': 'a: {{ required "need a" .Values.a | quote }}\nb: {{ fail "no" }}\nmetadata: {name: x}\n',
  }),
  ...templates('kube', {
    'a.yaml':
      'kind: A\nmetadata: {name: x}\nv: {{ .Capabilities.KubeVersion }}\n{{- if semverCompare ">=1.99" .Capabilities.KubeVersion.Version }}\nx: [\n{{- end }}\n',
  }),
  ...templates('release', { 'a.yaml': 'kind: A\nmetadata: {name: "{{ .Release.Name }}-{{ .Release.Namespace }}_"}\n' }),
  ...templates('schema', { 'a.yaml': 'kind: A\nmetadata: {name: x}\n' }),
  'schema/values.yaml': 'a: 1\n',
  'schema/values.schema.json': '{"properties": {"a": {"type": "string"}}}',
  ...templates('list-values', {}),
  'list-values/values.yaml': '- a\n',
  'file-templates/Chart.yaml': chart('file-templates'),
  'file-templates/templates': 'x',
  'file-crds/Chart.yaml': chart('file-crds'),
  'file-crds/crds': 'x',
  'crds/Chart.yaml': chart('crds'),
  'crds/crds/a.yaml':
    'kind: X\napiVersion: v1\n---\nkind: CustomResourceDefinition\napiVersion: apiextensions.k8s.io/v1\n---\n- a\n',
  'parent/Chart.yaml': chart('parent', 'dependencies: [{name: child, version: "*", repository: ""}]\n'),
  'parent/values.yaml': 'child: {a: 1}\n',
  'parent/templates/a.yaml': 'kind: A\nmetadata: {name: x}\n',
  'parent/charts/child/Chart.yaml': 'apiVersion: v2\nname: child\nversion: 0.1.0\nappVersion: 1.0\n',
  'parent/charts/child/values.schema.json': '{"properties": {"a": {"type": "string"}}}',
  'parent/charts/extra/Chart.yaml': chart('extra'),
};

test(`lints as helm does (${Object.keys(files).length} files)`, async (t) => {
  const both = await CommandComparison.start({
    files,
    // The log has other words for what is missing, YAML's reader others for what is broken; hints are ours.
    normalize: (text) =>
      text
        .replace(/^level=.*\n/gm, '')
        .replace(/^ {2}hint: .*\n/gm, '')
        .replace(/(converting YAML to JSON: yaml: line ).*/g, '$1'),
  });
  t.after(() => both.close());
  const names = [...new Set(Object.keys(files).map((file) => file.split('/')[0] ?? ''))];
  const lines = [
    // One start for all; some alone for the exit code.
    `lint ${names.join(' ')}`,
    'lint objects --kube-version 1.20',
    'lint objects --kube-version v1.36.2 --strict',
    'lint kube --kube-version 1.99',
    'lint list --strict',
    'lint good --strict --quiet',
    'lint good --quiet',
    'lint unknown --quiet',
    'lint unknown --strict',
    'lint no-version v1 --quiet',
    'lint schema --set a=text',
    'lint schema --skip-schema-validation',
    'lint parent --with-subcharts',
    'lint parent good --with-subcharts --quiet',
    'lint release -n space',
    'lint good --kube-version x',
    'lint',
    'lint nowhere',
    'lint nowhere.tgz',
    'lint good -f nowhere',
  ];
  const differences = await both.run(lines.map((line) => ({ words: line.split(' ') })));
  assert.equal(differences.length, 0, JSON.stringify(differences, undefined, 1));
});
