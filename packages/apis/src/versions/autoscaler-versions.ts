/**
 * HorizontalPodAutoscalers as autoscaling/v1 has them: one target, the average use of cpu. What else autoscaling/v2 says
 * travels in annotations, so that a client of v1 doesn't lose it.
 */
import type { Unstructured } from '@kindred/machinery';
import type * as v1 from '../gen/types/autoscaling/v1.ts';
import type * as v2 from '../gen/types/autoscaling/v2.ts';

const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics';
const behaviorAnnotation = 'autoscaling.alpha.kubernetes.io/behavior';

export function setOldAutoscalerDefaults({ spec }: v1.HorizontalPodAutoscaler): void {
  if (spec === undefined) return;
  spec.minReplicas ??= 1;
  spec.targetCPUUtilizationPercentage ??= 80;
}

export function autoscalerToStorage(object: Unstructured): Unstructured {
  // Objects have passed `decodeObject`: spec and status have their version's shape. The same holds on the way back.
  const { spec, status } = object as {
    spec?: v1.HorizontalPodAutoscalerSpec;
    status?: v1.HorizontalPodAutoscalerStatus;
  };
  const {
    [metricsAnnotation]: metrics,
    [behaviorAnnotation]: behavior,
    ...annotations
  } = object.metadata.annotations ?? {};
  const result: Unstructured = { ...object, metadata: { ...object.metadata, annotations } };
  if (Object.keys(annotations).length === 0) delete result.metadata.annotations;
  if (spec !== undefined) {
    const { targetCPUUtilizationPercentage, ...rest } = spec;
    const cpu = targetCPUUtilizationPercentage === undefined ? [] : [cpuMetric(targetCPUUtilizationPercentage)];
    const more = behavior === undefined ? {} : { behavior: parsed(behavior) };
    result['spec'] = { ...rest, metrics: [...cpu, ...parsedList(metrics)], ...more };
  }
  if (status !== undefined) {
    const { currentCPUUtilizationPercentage: current, ...rest } = status;
    result['status'] = { ...rest, ...(current === undefined ? {} : { currentMetrics: [cpuStatus(current)] }) };
  }
  return result;
}

export function autoscalerFromStorage(object: Unstructured): Unstructured {
  const { spec, status } = object as {
    spec?: v2.HorizontalPodAutoscalerSpec;
    status?: v2.HorizontalPodAutoscalerStatus;
  };
  const result: Unstructured = { ...object };
  if (spec !== undefined) {
    const { metrics = [], behavior, ...rest } = spec;
    const cpu = metrics.find(isCpuUtilization);
    const others = metrics.filter((metric) => metric !== cpu);
    const target = cpu?.resource?.target.averageUtilization;
    result['spec'] = { ...rest, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) };
    const annotations = { ...object.metadata.annotations };
    if (others.length > 0) annotations[metricsAnnotation] = JSON.stringify(others);
    if (behavior !== undefined) annotations[behaviorAnnotation] = JSON.stringify(behavior);
    if (Object.keys(annotations).length > 0) result.metadata = { ...object.metadata, annotations };
  }
  if (status !== undefined) {
    const { currentMetrics = [], conditions: _conditions, ...rest } = status;
    const current = currentMetrics.find(({ resource }) => resource?.name === 'cpu')?.resource?.current
      .averageUtilization;
    result['status'] = { ...rest, ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }) };
  }
  return result;
}

function cpuMetric(averageUtilization: number): v2.MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}

function cpuStatus(averageUtilization: number): v2.MetricStatus {
  return { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization } } };
}

function isCpuUtilization({ type, resource }: v2.MetricSpec): boolean {
  return type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;
}

/** Annotations are anybody's: what isn't JSON there is as good as absent. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parsedList(text: string | undefined): unknown[] {
  const list = text === undefined ? undefined : parsed(text);
  return Array.isArray(list) ? list : [];
}
