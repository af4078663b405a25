/**
 * The NamespaceLifecycle admission plugin: the namespaces that the cluster itself lives in can't be deleted. That new
 * objects need a namespace that is there and stays is checked where objects are created.
 */
import { forbidden } from '@kindred/machinery';
import type { AdmissionPlugin } from './plugin.ts';

const immortal = new Set(['default', 'kube-system', 'kube-public']);

export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  operations: ['DELETE'],
  handles: (group, resource, subresource) => group === '' && resource === 'namespaces' && subresource === '',
  validate({ name }) {
    if (!immortal.has(name)) return;
    throw forbidden({ group: '', resource: 'namespaces' }, name, 'this namespace may not be deleted');
  },
};
