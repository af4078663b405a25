import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApiStorage } from '@kindred/apiserver';
import { openMemoryStore } from '@kindred/store';
import { moveServices } from './move-services.ts';

const service = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'default', name },
  spec,
});

test('services of another range get the same place in the present one; the others stay as they are', async () => {
  const store = openMemoryStore();
  const storage = await openApiStorage({ store });
  try {
    const services = await storage.open('', 'services');
    await services.create('default', 'old', service('old', { clusterIP: '10.96.3.4', clusterIPs: ['10.96.3.4'] }));
    await services.create('default', 'headless', service('headless', { clusterIP: 'None', clusterIPs: ['None'] }));
    await services.create('default', 'outside', service('outside', { type: 'ExternalName', externalName: 'a.test' }));
    assert.equal(await moveServices(storage, '10.97.0.0/16'), 1);
    assert.deepEqual(services.get('default', 'old')?.object['spec'], {
      clusterIP: '10.97.3.4',
      clusterIPs: ['10.97.3.4'],
    });
    assert.equal(await moveServices(storage, '10.97.0.0/16'), 0);
  } finally {
    await storage.close();
    await store.close();
  }
});
