/** Pods: what the API server must know of them beyond their type. */
import type { Pod, PodTemplate } from '../../gen/types/core/v1.ts';
import type { KindRules } from '../../kind-rules.ts';
import { podCells, podTemplateCells } from './pod-cells.ts';
import { setPodDefaults, setPodTemplateDefaults } from './pod-defaults.ts';
import { validatePodUpdate } from './pod-update-validation.ts';
import { validatePod, validatePodTemplate } from './pod-validation.ts';
import { podSpecWarnings } from './pod-warnings.ts';
import { qualityOfService } from './quality-of-service.ts';

/** Grace of a pod that doesn't say, in seconds. */
const defaultGracePeriodSeconds = 30;

export const podRules: KindRules<Pod> = {
  hasGeneration: true,
  statusWritesMetadata: true,
  setDefaults: setPodDefaults,
  prepareForCreate(pod) {
    pod.status = { phase: 'Pending', qosClass: qualityOfService(pod.spec) };
  },
  prepareForUpdate(pod, old, subresource) {
    if (subresource === 'ephemeralcontainers') keepSpecExceptEphemeralContainers(pod, old);
    if (subresource !== 'status' || old.status?.qosClass === undefined) return;
    pod.status = { ...pod.status, qosClass: old.status.qosClass };
  },
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  selectableFields: ({ spec, status }) => ({
    'spec.nodeName': spec?.nodeName ?? '',
    'spec.restartPolicy': spec?.restartPolicy ?? '',
    'spec.schedulerName': spec?.schedulerName ?? '',
    'spec.serviceAccountName': spec?.serviceAccountName ?? '',
    'spec.hostNetwork': String(spec?.hostNetwork ?? false),
    'status.phase': status?.phase ?? '',
    'status.podIP': status?.podIP ?? status?.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': status?.nominatedNodeName ?? '',
  }),
  warnings: ({ spec }) => podSpecWarnings(spec, 'spec'),
  cells: podCells,
  gracePeriodSeconds: podGracePeriodSeconds,
};

export const podTemplateRules: KindRules<PodTemplate> = {
  hasGeneration: true,
  setDefaults: ({ template }) => setPodTemplateDefaults(template),
  validate: ({ template }) => validatePodTemplate(template, 'template'),
  cells: podTemplateCells,
};

function keepSpecExceptEphemeralContainers(pod: Pod, { spec }: Pod): void {
  if (spec === undefined) return;
  const added = pod.spec?.ephemeralContainers;
  pod.spec = { ...spec, ...(added === undefined ? {} : { ephemeralContainers: added }) };
}

/** A pod that no node has, or whose containers have ended, has nobody to wait for. */
function podGracePeriodSeconds({ spec, status }: Pod, requested: number | undefined): number | undefined {
  const period = requested ?? spec?.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds;
  if (spec?.nodeName === undefined || spec.nodeName === '') return 0;
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return 0;
  return period < 0 ? 1 : period;
}
