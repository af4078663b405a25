/**
 * `pods/binding`: a scheduler assigns a pod to a node, once and for all. The collection `bindings` is the older door.
 */
import {
  badRequest,
  conflict,
  formatTime,
  getString,
  invalid,
  isJsonObject,
  notFound,
  pathNotFound,
  required,
  success,
  type Unstructured,
} from '@kindred/machinery';
import type { SubresourceForm } from '../../admission/plugin.ts';
import { statusResponse } from '../../chain/error-response.ts';
import type { ApiResponse } from '../../request/api-response.ts';
import { bodyObject } from '../body-object.ts';
import { settleNamespace } from '../metadata-rules.ts';
import type { ResourceRequest } from '../resource-request.ts';
import { updateObject } from '../update-object.ts';
import { readWriteOptions } from '../write-options.ts';

const bindingKind = { apiVersion: 'v1', kind: 'Binding' } as const;

/** Answers 201. @throws StatusError 409 when the pod has a node already, or is being deleted. */
export async function bindPod(request: ResourceRequest): Promise<ApiResponse> {
  const binding = await bodyObject(request, bindingKind);
  const given = binding.metadata.name ?? '';
  if (given !== '' && given !== request.name) throw badRequest('name in URL does not match name in Binding object');
  return bind(request, binding);
}

/** POST to `bindings`: the body names the pod. @throws StatusError as `bindPod` does. */
export async function createBinding(request: ResourceRequest): Promise<ApiResponse> {
  const pods = request.server.registry.get('', 'v1', 'pods');
  if (pods === undefined) throw pathNotFound();
  const binding = await bodyObject(request, bindingKind);
  const name = binding.metadata.name ?? '';
  if (name === '') throw invalid({ group: '', kind: 'Binding' }, '', [required('metadata.name', 'name is required')]);
  settleNamespace(binding.metadata, true, request.namespace);
  return bind({ ...request, resource: pods, storage: await pods.storage(), name, subresource: 'binding' }, binding);
}

async function bind(request: ResourceRequest, binding: Unstructured): Promise<ApiResponse> {
  const { exchange, resource, server, name } = request;
  const options = readWriteOptions('CreateOptions', exchange.request);
  const node = getString(binding, ['target', 'name']) ?? '';
  if (node === '') throw invalid({ group: '', kind: 'Binding' }, name, [required('target.name')]);
  const written = await updateObject(request, options, {
    subresource: 'binding',
    form: bindingForm(binding, () => formatTime(server.clock.now())),
    operation: 'CREATE',
    demandVersion: false,
    madeByServer: true,
    produce(stored) {
      const pod = stored.decode();
      demandUnassigned(pod, name);
      assign(pod, binding, node, formatTime(server.clock.now()));
      return { object: pod };
    },
  });
  if (written === undefined) throw notFound(resource.groupResource, name);
  return statusResponse(success({}), 201);
}

/** Who admits a binding sees the Binding. */
function bindingForm(binding: Unstructured, now: () => string): SubresourceForm {
  return {
    kind: { group: '', version: 'v1', kind: 'Binding' },
    view: () => binding,
    accept: (pod, changed) => assign(pod, changed, getString(changed, ['target', 'name']) ?? '', now()),
  };
}

const podsBinding = { group: '', resource: 'pods/binding' };

function demandUnassigned(pod: Unstructured, name: string): void {
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw conflict(podsBinding, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  }
  const assigned = getString(pod, ['spec', 'nodeName']) ?? '';
  if (assigned !== '')
    throw conflict(podsBinding, name, `pod ${name} is already assigned to node ${JSON.stringify(assigned)}`);
}

function assign(pod: Unstructured, binding: Unstructured, node: string, now: string): void {
  pod['spec'] = { ...(isJsonObject(pod['spec']) ? pod['spec'] : {}), nodeName: node };
  const { annotations, labels } = binding.metadata;
  if (annotations !== undefined) pod.metadata.annotations = { ...pod.metadata.annotations, ...annotations };
  if (labels !== undefined) pod.metadata.labels = { ...pod.metadata.labels, ...labels };
  const status = isJsonObject(pod['status']) ? pod['status'] : {};
  const conditions = Array.isArray(status['conditions']) ? status['conditions'] : [];
  const others = conditions.filter((condition) => !isJsonObject(condition) || condition['type'] !== 'PodScheduled');
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now };
  pod['status'] = { ...status, conditions: [...others, scheduled] };
}
