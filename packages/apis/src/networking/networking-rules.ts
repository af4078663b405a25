/** networking.k8s.io and discovery.k8s.io. */
import type { EndpointSlice } from '../gen/types/discovery/v1.ts';
import type { Ingress, IngressClass, NetworkPolicy } from '../gen/types/networking/v1.ts';
import type { KindRules } from '../kind-rules.ts';
import { stringColumns } from '../printing/string-columns.ts';
import { endpointSliceCells, ingressCells, ingressClassCells, networkPolicyCells } from './networking-cells.ts';
import {
  validateEndpointSlice,
  validateEndpointSliceUpdate,
  validateIngress,
  validateNetworkPolicy,
} from './networking-validation.ts';

export const ingressRules: KindRules<Ingress> = {
  validate: validateIngress,
  cells: ingressCells,
  hasGeneration: true,
  prepareForCreate(ingress) {
    ingress.status = { loadBalancer: {} };
  },
};

export const ingressClassRules: KindRules<IngressClass> = {
  cells: ingressClassCells,
  hasGeneration: true,
  setDefaults({ spec }) {
    if (spec?.parameters !== undefined) spec.parameters.scope ??= 'Cluster';
  },
};

export const networkPolicyRules: KindRules<NetworkPolicy> = {
  columns: stringColumns('Name', 'Pod-Selector', 'Age'),
  validate: validateNetworkPolicy,
  cells: networkPolicyCells,
  hasGeneration: true,
  setDefaults({ spec }) {
    if (spec === undefined) return;
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
      for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
    }
    spec.policyTypes ??= (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  },
};

export const endpointSliceRules: KindRules<EndpointSlice> = {
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
  cells: endpointSliceCells,
  hasGeneration: true,
  setDefaults({ ports }) {
    for (const port of ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
};
