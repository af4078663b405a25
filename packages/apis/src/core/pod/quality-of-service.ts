/** A pod's quality-of-service class, from the cpu and memory that its containers ask for. */
import type { PodSpec, ResourceRequirements } from '../../gen/types/core/v1.ts';

export type QualityOfService = 'Guaranteed' | 'Burstable' | 'BestEffort';

const computeResources = ['cpu', 'memory'] as const;

/** Guaranteed: every container has limits for both that its requests equal. BestEffort: nobody asks for anything. */
export function qualityOfService(spec: PodSpec | undefined): QualityOfService {
  const requirements =
    spec?.resources === undefined
      ? [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ resources }) => resources ?? {})
      : [spec.resources];
  if (!requirements.some(asksForSomething)) return 'BestEffort';
  return requirements.every(isGuaranteed) ? 'Guaranteed' : 'Burstable';
}

function asksForSomething({ limits, requests }: ResourceRequirements): boolean {
  return computeResources.some((name) => isPositive(limits?.[name]) || isPositive(requests?.[name]));
}

function isGuaranteed({ limits, requests }: ResourceRequirements): boolean {
  return computeResources.every((name) => {
    const limit = limits?.[name];
    return isPositive(limit) && (requests?.[name] === undefined || String(requests[name]) === String(limit));
  });
}

function isPositive(quantity: string | number | undefined): boolean {
  return quantity !== undefined && Number.parseFloat(String(quantity)) > 0;
}
