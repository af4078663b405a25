import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { programEnvironment } from './program-environment.ts';

test('in a container of its own nothing is translated', () => {
  const environment = programEnvironment({});
  assert.equal(environment.imagePath('/usr/share/html'), '/usr/share/html');
  assert.equal(environment.path('/data'), '/data');
  assert.equal(environment.port(80), 80);
});

test('a plain process finds its volumes and ports, and never takes this machine for its image', () => {
  const environment = programEnvironment({ KINDRED_MOUNTS: '{"/data":"/pods/a"}', KINDRED_PORT_MAP: '{"80":20080}' });
  assert.equal(environment.imagePath('/data/html'), '/pods/a/html');
  assert.equal(environment.imagePath('/usr/share/html'), resolve('image/usr/share/html'));
  assert.equal(environment.port(80), 20_080);
});
