import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { manifestDocuments, readObjects } from './manifest-objects.ts';

describe('documents of a manifest', () => {
  it('know their files; those of comments alone are left out', () => {
    const manifest =
      '---\n# Source: web/templates/a.yaml\na: 1\n--- # more\nb: |\n  --- not a line of its own\n---\n# only this\n\n---\n';
    assert.deepEqual(manifestDocuments(manifest), [
      { source: 'web/templates/a.yaml', content: '\n# Source: web/templates/a.yaml\na: 1\n' },
      { source: '', content: '\nb: |\n  --- not a line of its own\n' },
    ]);
    assert.deepEqual(manifestDocuments(''), []);
    assert.equal(manifestDocuments('a: 1\r\n---\r\nb: 2\r\n').length, 2);
  });
});

describe('objects of a document', () => {
  const names = (text: string): (string | undefined)[] => readObjects(text).map(({ metadata }) => metadata.name);

  it('are what lists hold, at any depth; items take the type of their list', () => {
    assert.deepEqual(
      readObjects('apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: a}}]').map(({ kind }) => kind),
      ['ConfigMap'],
    );
    const inner = '{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {name: b}}]}';
    assert.deepEqual(names(`apiVersion: v1\nkind: List\nitems: [${inner}]`), ['b']);
    assert.deepEqual(names('# nothing'), []);
  });

  const refused: [text: string, message: string][] = [
    ['- 1', 'error validating "": error validating data: invalid object to validate'],
    ['metadata: {}', 'error validating "": error validating data: [apiVersion not set, kind not set]'],
    ['apiVersion: a/b/c\nkind: X', 'error validating "": error validating data: unexpected GroupVersion string: a/b/c'],
    [
      'apiVersion: v1\nkind: X\nmetadata: {annotations: {a: 1}}',
      'unable to decode "": json: cannot unmarshal number into Go struct field ObjectMeta.metadata.annotations of type string',
    ],
  ];
  for (const [text, message] of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => readObjects(text), { message }));
  }

  it('without validation say what the decoder misses', () => {
    const message = `unable to decode "": Object 'Kind' is missing in '{"apiVersion":"v1"}'`;
    assert.throws(() => readObjects('apiVersion: v1', { validate: false }), { message });
  });

  it('are no broken YAML', () => {
    assert.throws(() => readObjects('a: b: c'), {
      name: 'ResourceError',
      message: /^error parsing : error converting YAML/,
    });
  });
});
