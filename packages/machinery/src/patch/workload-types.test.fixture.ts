/**
 * A small type table for the tests of this folder: the parts of Deployment, Pod and Service in which merging differs.
 */
import type { FieldInfo, TypeInfo, TypeTable } from '../types/type-table.ts';
import type { MergeSchema } from './merge-schema.ts';
import { mergeSchemasOf } from './merge-schema-of-type.ts';

const text: FieldInfo = { type: 'string' };
const number: FieldInfo = { type: 'integer', format: 'int32' };
const texts: FieldInfo = { type: 'string', map: true };
const container = 'io.k8s.api.core.v1.Container';

function keyed(type: string, key: string, patchStrategy = 'merge'): FieldInfo {
  return { type, array: true, listType: 'map', listMapKeys: [key], patchStrategy, patchMergeKey: key };
}

const types: Record<string, TypeInfo> = {
  Deployment: {
    fields: {
      apiVersion: text,
      kind: text,
      metadata: { type: 'io.ObjectMeta' },
      spec: { type: 'io.Spec' },
      status: { type: 'io.Status' },
    },
  },
  'io.ObjectMeta': {
    fields: {
      name: text,
      namespace: text,
      uid: text,
      resourceVersion: text,
      creationTimestamp: { type: 'io.Time' },
      labels: texts,
      annotations: texts,
      finalizers: { type: 'string', array: true, listType: 'set', patchStrategy: 'merge' },
      ownerReferences: keyed('io.OwnerReference', 'uid'),
      managedFields: { type: 'io.ManagedFieldsEntry', array: true, listType: 'atomic' },
    },
  },
  'io.Time': { type: 'string', format: 'date-time' },
  'io.OwnerReference': { mapType: 'atomic', fields: { uid: text, name: text, kind: text } },
  'io.Spec': {
    fields: {
      replicas: number,
      paused: { type: 'boolean' },
      selector: { type: 'string', map: true, mapType: 'atomic' },
      strategy: { type: 'io.Strategy', patchStrategy: 'retainKeys' },
      template: { type: 'io.Template', required: true },
      disruption: { type: 'io.Disruption', patchStrategy: 'replace' },
      raw: { type: 'io.RawExtension' },
      ports: {
        type: 'io.k8s.api.core.v1.ServicePort',
        array: true,
        listType: 'map',
        listMapKeys: ['port', 'protocol'],
        patchStrategy: 'merge',
        patchMergeKey: 'port',
      },
    },
  },
  'io.Disruption': { fields: { minimum: number, maximum: number } },
  'io.Status': { fields: { replicas: number, conditions: keyed('io.Condition', 'type') } },
  'io.Condition': { fields: { type: text, status: text } },
  'io.Strategy': { fields: { type: text, rollingUpdate: { type: 'io.RollingUpdate' } } },
  'io.RollingUpdate': { fields: { maxSurge: text, maxUnavailable: text } },
  'io.Template': { fields: { metadata: { type: 'io.ObjectMeta' }, spec: { type: 'io.PodSpec' } } },
  'io.PodSpec': {
    fields: {
      containers: { ...keyed(container, 'name'), required: true },
      volumes: keyed('io.Volume', 'name', 'merge,retainKeys'),
      tolerations: { type: 'io.Toleration', array: true, listType: 'atomic' },
      nodeSelector: { type: 'string', map: true, mapType: 'atomic' },
    },
  },
  [container]: {
    fields: {
      name: text,
      image: text,
      command: { type: 'string', array: true, listType: 'atomic' },
      env: keyed('io.EnvVar', 'name'),
      ports: {
        type: 'io.k8s.api.core.v1.ContainerPort',
        array: true,
        listType: 'map',
        listMapKeys: ['containerPort', 'protocol'],
        patchStrategy: 'merge',
        patchMergeKey: 'containerPort',
      },
    },
  },
  'io.EnvVar': { fields: { name: text, value: text } },
  'io.k8s.api.core.v1.ContainerPort': { fields: { containerPort: number, protocol: text, name: text } },
  'io.k8s.api.core.v1.ServicePort': { fields: { port: number, protocol: text, name: text } },
  'io.Volume': { fields: { name: text, emptyDir: { type: 'io.EmptyDir' }, hostPath: { type: 'io.HostPath' } } },
  'io.EmptyDir': { fields: { medium: text } },
  'io.HostPath': { fields: { path: text } },
  'io.Toleration': { fields: { key: text } },
  'io.RawExtension': { type: 'object' },
};

export const workloadTypes: TypeTable = {
  get: (typeName) => types[typeName],
  typeNameOf: () => undefined,
};

export const deploymentSchema: MergeSchema = mergeSchemasOf(workloadTypes)('Deployment');
