/**
 * `pods/binding`: a scheduler assigns a pod to a node, once and for all.
 */
import {
  badRequest,
  conflict,
  formatTime,
  getString,
  invalid,
  isJsonObject,
  notFound,
  required,
  success,
  type Unstructured,
} from '@kindred/machinery';
import { statusResponse } from '../../chain/error-response.ts';
import { decodeBody, objectOf } from '../../decoding/decode-object.ts';
import type { ApiResponse } from '../../request/api-response.ts';
import type { ResourceRequest } from '../resource-request.ts';
import { updateObject } from '../update-object.ts';
import { readWriteOptions } from '../write-options.ts';

/** Answers 201. @throws StatusError 409 when the pod has a node already, or is being deleted. */
export async function bindPod(request: ResourceRequest): Promise<ApiResponse> {
  const { exchange, resource, server, name } = request;
  const options = readWriteOptions('CreateOptions', exchange.request);
  const bytes = await exchange.request.body();
  if (bytes.byteLength === 0) throw badRequest('the request body must be one Binding object, found nothing');
  const contentType = exchange.request.headers['content-type'];
  const { value } = decodeBody({ bytes, contentType, typeTable: server.typeTable, duplicates: false });
  const binding = objectOf(value, { apiVersion: 'v1', kind: 'Binding' });
  const node = getString(binding, ['target', 'name']) ?? '';
  if (node === '') throw invalid({ group: '', kind: 'Binding' }, name, [required('target.name')]);
  const written = await updateObject(request, options, {
    subresource: 'binding',
    demandVersion: false,
    madeByServer: true,
    produce(stored) {
      const pod = stored.decode();
      demandUnassigned(pod, name, resource.groupResource);
      assign(pod, binding, node, formatTime(server.clock.now()));
      return { object: pod };
    },
  });
  if (written === undefined) throw notFound(resource.groupResource, name);
  return statusResponse(success({}), 201);
}

function demandUnassigned(pod: Unstructured, name: string, pods: { group: string; resource: string }): void {
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw conflict(pods, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  }
  const assigned = getString(pod, ['spec', 'nodeName']) ?? '';
  if (assigned !== '')
    throw conflict(pods, name, `pod ${name} is already assigned to node ${JSON.stringify(assigned)}`);
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
