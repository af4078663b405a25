import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatJson, formatTable, formatUnified, hasChanges, summarize } from './format-diff.ts';
import { diffManifests } from './manifest-diff.ts';

const manifest = (image: string, replicas: number, more = ''): string => `---
# Source: web/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: ${replicas}
  template:
    spec:
      containers:
      - name: web
        image: ${image}
      - name: side
        image: side:1
${more}`;

const config = (name: string, namespace = ''): string => `---
# Source: web/templates/${name}.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}${namespace === '' ? '' : `\n  namespace: ${namespace}`}
data: {a: "1"}
`;

const secret = (data: string, more = ''): string =>
  `---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: keys${more}\nstringData: ${data}\n`;

describe('manifests', () => {
  it('that are the same have no differences, whatever their layout', () => {
    const diff = diffManifests(manifest('web:1', 2), manifest('"web:1"', 2).replace('---', '---\n# another comment'));
    assert.equal(hasChanges(diff), false);
    assert.equal(formatUnified(diff), '');
    assert.equal(formatTable(diff), '0 added, 0 changed, 0 removed, 1 unchanged\n');
  });

  it('show what comes, goes and changes', () => {
    const diff = diffManifests(manifest('web:1', 2, config('old')), manifest('web:2', 3, config('new')), {
      namespace: 'shop',
    });
    assert.deepEqual(summarize(diff), { added: 1, changed: 1, removed: 1, unchanged: 0, conflicts: 0 });
    assert.equal(
      formatUnified(diff),
      `changed: Deployment shop/web, apps/v1 (web/templates/web.yaml)
@@ -3,11 +3,11 @@
 metadata:
   name: web
 spec:
-  replicas: 2
+  replicas: 3
   template:
     spec:
       containers:
-      - image: web:1
+      - image: web:2
         name: web
       - image: side:1
         name: side

added: ConfigMap shop/new, v1 (web/templates/new.yaml)
@@ -0,0 +1,6 @@
+apiVersion: v1
+data:
+  a: "1"
+kind: ConfigMap
+metadata:
+  name: new

removed: ConfigMap shop/old, v1 (web/templates/old.yaml)
@@ -1,6 +0,0 @@
-apiVersion: v1
-data:
-  a: "1"
-kind: ConfigMap
-metadata:
-  name: old
`,
    );
    assert.equal(
      formatTable(diff),
      `CHANGE   KIND        NAMESPACE  NAME  FIELDS  CONFLICTS
changed  Deployment  shop       web   2
added    ConfigMap   shop       new
removed  ConfigMap   shop       old
1 added, 1 changed, 1 removed, 0 unchanged
`,
    );
    const { objects } = JSON.parse(formatJson(diff));
    assert.deepEqual(objects[0].fields, [
      { path: '.spec.replicas', before: 2, after: 3 },
      { path: '.spec.template.spec.containers[name="web"].image', before: 'web:1', after: 'web:2' },
    ]);
  });

  it('match objects of the release namespace, named or not', () => {
    const diff = diffManifests(config('a'), config('a', 'shop'), { namespace: 'shop' });
    assert.deepEqual(summarize(diff), { added: 0, changed: 1, removed: 0, unchanged: 0, conflicts: 0 });
    assert.equal(diffManifests(config('a'), config('a', 'other'), { namespace: 'shop' }).objects.length, 2);
  });

  it('may be empty', () => {
    assert.deepEqual(diffManifests('', ''), { objects: [] });
    assert.equal(summarize(diffManifests('', config('a'))).added, 1);
    assert.equal(summarize(diffManifests(config('a'), '# nothing\n')).removed, 1);
  });

  it('show a new order', () => {
    const swapped = manifest('web:1', 1).replace(/(      - name: web\n.*\n)(      - name: side\n.*\n)/, '$2$1');
    const [object] = diffManifests(manifest('web:1', 1), swapped).objects;
    assert.deepEqual(
      object?.fields.map(({ path }) => path),
      ['.spec.template.spec.containers'],
    );
  });

  it('are painted for terminals', () => {
    const text = formatUnified(diffManifests(config('a'), ''), { color: true });
    assert.ok(text.includes('\u001b[31m-kind: ConfigMap\u001b[0m'), text);
  });
});

describe('secrets', () => {
  const before = secret('{same: s3cret, other: before1, gone: g0ne}');
  const after = secret('{same: s3cret, other: after1, come: c0me}');

  it('show that values changed, never the values', () => {
    const diff = diffManifests(before, after);
    for (const text of [formatUnified(diff), formatJson(diff), formatTable(diff)]) {
      assert.doesNotMatch(text, /s3cret|before1|after1|g0ne|c0me/);
    }
    assert.deepEqual(
      diff.objects[0]?.fields.map(({ path }) => path),
      ['.stringData.other', '.stringData.gone', '.stringData.come'],
    );
    assert.match(formatUnified(diff), /^-  other: \(hidden, old value\)\n\+  come: /m);
  });

  it('that come or go are hidden too, and so are copies in annotations', () => {
    const annotations = `\n  annotations: {kubectl.kubernetes.io/last-applied-configuration: s3cret, plain: seen}`;
    for (const diff of [
      diffManifests('', secret('{a: s3cret}', annotations)),
      diffManifests(secret('{a: s3cret}', annotations), ''),
    ]) {
      const text = formatUnified(diff) + formatJson(diff);
      assert.doesNotMatch(text, /s3cret/);
      assert.match(text, /plain: seen/);
    }
  });

  it('are shown to those who ask', () => {
    assert.match(formatUnified(diffManifests(before, after, { showSecrets: true })), /^-\s+other: before1$/m);
  });

  it('of other shapes are hidden as a whole', () => {
    const text = formatUnified(diffManifests(secret('s3cret'), secret('[s3cret, other]')));
    assert.doesNotMatch(text, /s3cret/);
    assert.match(text, /hidden, new value/);
  });
});
