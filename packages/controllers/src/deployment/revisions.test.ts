import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, replicaSet, timeAt } from '../testing/objects.ts';
import { podTemplateHash, sameTemplate } from './pod-template-hash.ts';
import { findNewSet, nextRevision, setAnnotations, surplusHistory } from './revisions.ts';

const revision = 'deployment.kubernetes.io/revision';
const history = 'deployment.kubernetes.io/revision-history';
const sizes = { desired: 3, max: 4 };

test('the new set is the oldest one that has the template', () => {
  const web = deployment({});
  const other = replicaSet('other', { image: 'main:0' });
  const late = replicaSet('late', { metadata: { creationTimestamp: timeAt(10) } });
  const early = replicaSet('early');
  assert.equal(findNewSet(web, [other, late, early]), early);
  assert.equal(findNewSet(web, [other]), undefined);
});

test('an undo gives an old set a new number and remembers the one it had', () => {
  const web = deployment({}, { annotations: { team: 'a', [revision]: '2' } });
  const [first, second] = [replicaSet('first', { revision: 1 }), replicaSet('second', { revision: 2 })];
  assert.equal(nextRevision([second]), 3);
  const annotations = setAnnotations(web, first, 3, sizes);
  assert.equal(annotations[revision], '3');
  assert.equal(annotations[history], '1');
  assert.equal(annotations['team'], 'a');
  const again = { ...first, metadata: { ...first.metadata, annotations } };
  assert.equal(setAnnotations(web, again, 5, sizes)[history], '1,3');
  assert.deepEqual(setAnnotations(web, again, 3, sizes), annotations);
});

test('a set never gets a lower number than it has', () => {
  const annotations = setAnnotations(deployment({}), replicaSet('one', { revision: 7 }), 3, sizes);
  assert.equal(annotations[revision], '7');
  assert.equal(annotations[history], undefined);
});

test('what kubectl keeps for itself is not copied to sets', () => {
  const web = deployment({}, { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } });
  assert.deepEqual(Object.keys(setAnnotations(web, undefined, 1, sizes)).sort(), [
    'deployment.kubernetes.io/desired-replicas',
    'deployment.kubernetes.io/max-replicas',
    revision,
  ]);
});

test('history beyond the limit goes, oldest revision first, but never what still runs', () => {
  const sets = [
    replicaSet('three', { revision: 3 }),
    replicaSet('one', { revision: 1 }),
    replicaSet('busy', { revision: 2, replicas: 1 }),
    replicaSet('four', { revision: 4 }),
  ];
  const names = (limit: number) => surplusHistory(sets, limit).map(({ metadata }) => metadata.name);
  assert.deepEqual(names(10), []);
  assert.deepEqual(names(3), ['one']);
  assert.deepEqual(names(2), ['one', 'three']);
  assert.deepEqual(names(0), ['one', 'three', 'four']);
});

test('the hash is stable, depends on collisions, and is no part of the template', () => {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'a' }] } };
  const reordered = { spec: { containers: [{ image: 'a', name: 'main' }] }, metadata: { labels: { app: 'web' } } };
  assert.equal(podTemplateHash(template), podTemplateHash(reordered));
  assert.notEqual(podTemplateHash(template), podTemplateHash(template, 1));
  assert.match(podTemplateHash(template), /^[bcdfghjklmnpqrstvwxz2456789]+$/);
  const hashed = { ...template, metadata: { labels: { app: 'web', 'pod-template-hash': 'x' } } };
  assert.ok(sameTemplate(template, hashed));
});
