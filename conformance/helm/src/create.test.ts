/** Charts that both programs make: the same files, and the same objects for many values. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeGoJson, readYamlDocuments } from '@kindred/helm';
import { CommandComparison } from './fixtures/compare-commands.ts';

const variants: readonly string[] = [
  '',
  'nameOverride: other',
  'fullnameOverride: whole-name-',
  'nameOverride: x',
  'serviceAccount: {create: false}',
  'serviceAccount: {create: false, name: mine, annotations: {a: b}}',
  'serviceAccount: {name: mine, annotations: {a: b}, automount: false}',
  'autoscaling: {enabled: true}',
  'autoscaling: {enabled: true, targetCPUUtilizationPercentage: null, targetMemoryUtilizationPercentage: 50}',
  'autoscaling: {enabled: true, targetMemoryUtilizationPercentage: 50, minReplicas: 2}',
  'ingress: {enabled: true}',
  'ingress: {enabled: true, className: x, annotations: {a: b}, tls: [{secretName: s, hosts: [h.example, i.example]}], hosts: [{host: h.example, paths: [{path: /a}, {path: /b, pathType: Exact}]}]}',
  'httpRoute: {enabled: true}',
  'httpRoute: {enabled: true, annotations: {a: b}, hostnames: [], parentRefs: [{name: g, namespace: n}], rules: [{matches: [{path: {type: Exact, value: /}}], filters: [{type: URLRewrite}]}, {matches: [{path: {value: /x}}]}]}',
  'image: {repository: r/i, tag: t, pullPolicy: Always}\nimagePullSecrets: [{name: p}]\nreplicaCount: 3',
  'podAnnotations: {a: b}\npodLabels: {c: d}\npodSecurityContext: {fsGroup: 1}\nsecurityContext: {runAsUser: 2}',
  'resources: {limits: {cpu: 1}}\nlivenessProbe: null\nreadinessProbe: {exec: {command: [a]}}\nvolumes: [{name: v}]\nvolumeMounts: [{name: v, mountPath: /v}]',
  'nodeSelector: {a: b}\ntolerations: [{key: k}]\naffinity: {nodeAffinity: {}}',
  'service: {type: NodePort, port: 8080}',
  'service: {type: LoadBalancer}',
];

/** As a set: the order of documents follows that of files. */
function objects(text: string): string[] {
  return readYamlDocuments(text)
    .filter((each) => each !== null && each !== undefined)
    .map((each) => encodeGoJson(each))
    .sort();
}

test(`makes a chart that gives what helm's gives (${variants.length} sets of values)`, async (t) => {
  const files = Object.fromEntries(variants.map((text, index) => [`values-${index}.yaml`, text]));
  const both = await CommandComparison.start({ files });
  t.after(() => both.close());
  const differences = await both.run(
    [
      'create web',
      'create web',
      'create a/b/c',
      'create',
      'create wrong_name!',
      `create ${'a'.repeat(251)}`,
      'create values-0.yaml',
      'create ./Other.Name',
      'lint web --strict',
    ].map((line) => ({ words: line.split(' ') })),
  );
  assert.equal(differences.length, 0, JSON.stringify(differences, undefined, 1));
  for (const release of ['release-name', 'my-web-app']) {
    // Only names depend on the release's.
    const some = release === 'release-name' ? variants : variants.slice(0, 4);
    for (const [index, values] of some.entries()) {
      const words = ['template', release, 'web', '-f', `values-${index}.yaml`];
      const [theirs, ours] = await Promise.all([both.helm.helm(words), both.ours.ours(words)]);
      assert.deepEqual([theirs.code, ours.code], [0, 0], `${values}\n${theirs.stderr}${ours.stderr}`);
      assert.deepEqual(objects(ours.stdout), objects(theirs.stdout), values);
    }
    if (release !== 'release-name') continue;
    // What ours made works with helm too.
    const made = await both.ours.helm(['template', release, 'web']);
    assert.deepEqual(objects(made.stdout), objects((await both.helm.helm(['template', release, 'web'])).stdout));
  }
});

test('makes charts of starters as helm does', async (t) => {
  const starter = {
    'Chart.yaml': 'apiVersion: v1\nname: starter\nversion: 9.9.9\n',
    'values.yaml': '# for <CHARTNAME>\nname: <CHARTNAME>\n',
    'templates/a.yaml': 'kind: A\nmetadata: {name: <CHARTNAME>}\n',
    'files/kept.txt': '<CHARTNAME>\n',
    '.helmignore': '*.bak\n',
    'values.schema.json': '{}',
    'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
    'charts/sub/templates/b.yaml': 'kind: B\n',
  };
  const files = Object.fromEntries(Object.entries(starter).map(([name, text]) => [`data/starters/own/${name}`, text]));
  const both = await CommandComparison.start({ files });
  t.after(() => both.close());
  const lines = [
    'create made --starter own',
    'template made',
    'show all made',
    'create other -p nowhere',
    'create other -p /nowhere/x',
  ];
  const differences = await both.run(lines.map((line) => ({ words: line.split(' ') })));
  assert.equal(differences.length, 0, JSON.stringify(differences, undefined, 1));
  for (const file of [
    'Chart.yaml',
    'values.yaml',
    'templates/a.yaml',
    'files/kept.txt',
    '.helmignore',
    'values.schema.json',
  ]) {
    assert.equal(await both.ours.read(`made/${file}`), await both.helm.read(`made/${file}`), file);
  }
});
