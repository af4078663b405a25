import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '@kindred/machinery';
import { decide, parseConflictPolicy } from './conflict-policy.ts';
import { fieldValue, withoutField } from './field-path.ts';

const object = (): JsonObject => ({
  metadata: { annotations: { a: '1', 'example.com/x.y': '2', 'a.b': '3' }, finalizers: ['x', 'y'] },
  spec: {
    replicas: 2,
    containers: [
      { name: 'web', image: 'web:1', ports: [{ containerPort: 80, protocol: 'TCP', name: 'http' }] },
      { name: 'a]b"c', image: 'side:1' },
    ],
    args: ['-v', '-x'],
  },
});

describe('paths of fields', () => {
  const cases: [path: string, value: unknown][] = [
    ['.spec.replicas', 2],
    ['.metadata.annotations.a', '1'],
    ['.metadata.annotations.a.b', '3'],
    ['.metadata.annotations.example.com/x.y', '2'],
    ['.metadata.finalizers[="y"]', 'y'],
    ['.spec.containers[name="web"].image', 'web:1'],
    ['.spec.containers[name="a]b\\"c"].image', 'side:1'],
    ['.spec.containers[name="web"].ports[containerPort=80,protocol="TCP"].name', 'http'],
    ['.spec.args[1]', '-x'],
  ];
  for (const [path, value] of cases) {
    it(path, () => {
      const before = object();
      assert.deepEqual(fieldValue(before, path), value);
      const after = withoutField(before, path);
      assert.notEqual(after, undefined);
      assert.notDeepEqual(after, before);
      assert.deepEqual(before, object(), 'the object must not change');
      if (!path.endsWith(']')) assert.equal(fieldValue(after ?? {}, path), undefined);
    });
  }

  it('that lead nowhere', () => {
    for (const path of [
      '.spec.nope',
      '.spec.containers[name="no"].image',
      'spec',
      '.spec.replicas.x',
      '.spec.args[9]',
    ]) {
      assert.equal(fieldValue(object(), path), undefined, path);
      assert.equal(withoutField(object(), path), undefined, path);
    }
  });
});

describe('conflict policies', () => {
  const facts = { path: '.spec.replicas', manager: 'hpa', isAutoscaled: false, ownManager: 'helm' };
  const decision = (values: string[], more: Partial<typeof facts> = {}): string =>
    decide(parseConflictPolicy(values), { ...facts, ...more }).decision;

  it('go by the word for all fields', () => {
    assert.equal(decision([]), 'fail');
    assert.equal(decision(['force']), 'force');
    assert.equal(decision(['yield']), 'yield');
  });

  it('leave replicas to an autoscaler, and nothing else', () => {
    assert.equal(decision(['force'], { isAutoscaled: true }), 'yield');
    assert.equal(decision(['fail'], { isAutoscaled: true, path: '.spec.paused' }), 'fail');
  });

  it('take back what was written client-side', () => {
    assert.equal(decision(['fail'], { manager: 'helm' }), 'force');
  });

  it('go by rules for fields before everything else', () => {
    assert.equal(decision(['.spec.replicas=force'], { isAutoscaled: true }), 'force');
    const image = { path: '.spec.template.spec.containers[name="a"].image' };
    assert.equal(decision(['spec.template.spec.containers.image=yield'], image), 'yield');
    assert.equal(decision(['.spec.template=yield'], image), 'yield');
    assert.equal(decision(['.spec.temp=yield'], image), 'fail');
  });

  it('refuse other words', () => {
    assert.throws(() => parseConflictPolicy(['ignore']), { message: /must be yield, force or fail/ });
  });
});
