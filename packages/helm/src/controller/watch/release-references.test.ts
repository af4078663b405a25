import assert from 'node:assert/strict';
import { test } from 'node:test';
import { otherReferences, ReleaseReferences, sourceReferences } from './release-references.ts';

test('changes concern those who name an object now; those of sources are kept until they are taken up', () => {
  const references = new ReleaseReferences();
  references.set('a/web', ['Secret/a/login'], ['ConfigMap/a/values']);
  references.set('a/other', [], ['Secret/a/login']);
  assert.deepEqual(references.changed('Secret/a/login').toSorted(), ['a/other', 'a/web']);
  assert.deepEqual(references.changed('ConfigMap/a/values'), ['a/web']);
  assert.deepEqual([references.changesOf('a/web'), references.changesOf('a/other')], [1, 0]);
  references.changed('Secret/a/login');
  references.takenUp('a/web', 1);
  assert.equal(references.changesOf('a/web'), 2, 'one came while the source was asked');
  references.takenUp('a/web', 2);
  assert.equal(references.changesOf('a/web'), 0);
  references.set('a/web', [], []);
  assert.deepEqual(references.changed('Secret/a/login'), ['a/other']);
  references.forget('a/other');
  assert.deepEqual(references.changed('Secret/a/login'), []);
});

test('all that a source is fetched with', () => {
  const at = (name: string) => ({ namespace: 'a', name });
  const repository = { type: 'git', url: 'https://x', path: '', ref: {}, access: { secret: at('inner') } } as const;
  const access = { secret: at('login'), certSecret: at('certs'), proxySecret: at('proxy') };
  assert.deepEqual(
    sourceReferences({
      ...repository,
      access: { ...access, certificateAuthorities: at('authorities') },
      verify: { mode: 'HEAD', secret: at('signers') },
      include: [{ repository, from: '', to: 'x' }],
    }),
    [
      'Secret/a/login',
      'Secret/a/certs',
      'Secret/a/proxy',
      'ConfigMap/a/authorities',
      'Secret/a/signers',
      'Secret/a/inner',
    ],
  );
  const oci = { type: 'oci', url: 'oci://x', version: '', plainHttp: false, access: {} } as const;
  const keys = { keyring: at('ring'), cosign: at('cosign') };
  assert.deepEqual(sourceReferences({ ...oci, ...keys }), ['Secret/a/ring', 'Secret/a/cosign']);
  assert.deepEqual(sourceReferences({ type: 'configMap', object: at('c'), key: 'k' }), ['ConfigMap/a/c']);
  assert.deepEqual(sourceReferences({ type: 'inline', base64: '' }), []);
});

test('values whose updates are ignored wake nobody', () => {
  const value = { kind: 'Secret', object: { namespace: 'a', name: 'v' }, key: 'k', optional: false } as const;
  const kubeConfig = { kind: 'ConfigMap', object: { namespace: 'a', name: 'c' } } as const;
  assert.deepEqual(otherReferences({ valuesFrom: [value], kubeConfig }), ['Secret/a/v', 'ConfigMap/a/c']);
  assert.deepEqual(otherReferences({ valuesFrom: [{ ...value, ignoreUpdates: true }] }), []);
});
