/** What a Website's pods tell of it, in words for its status. Pure functions of what the API server has. */
import type { ContainerStatus, Pod } from '@kindred/apis/core/v1';
import type { ConditionState } from '@kindred/operator';
import { gitSync, webServer } from './children.ts';

/** The newest pod: after a change of the repository, the one that has the new one. */
export function newestPod<P extends Pod>(pods: readonly P[]): P | undefined {
  return [...pods].sort((a, b) => (creation(a) < creation(b) ? 1 : -1))[0];
}

/** Whether the repository is fetched. A failure stays told while the container is tried again. */
export function syncedCondition(pod: Pod | undefined, gitRepo: string): ConditionState {
  const repository = withoutPassword(gitRepo);
  const sync = containerOf(pod, gitSync);
  if (sync?.state?.running !== undefined && containerOf(pod, webServer)?.ready === true) {
    return { status: true, reason: 'Following', message: `Following ${repository}` };
  }
  const failure = failureOf(sync);
  if (failure === undefined) return { status: 'Unknown', reason: 'Fetching', message: `Fetching ${repository}` };
  return {
    status: false,
    reason: 'GitSyncFailed',
    message: `Cannot fetch ${repository}: ${failure}`,
    event: 'Warning',
  };
}

/** Whether the page is served. */
export function readyCondition(availableReplicas: number, pod: Pod | undefined): ConditionState {
  if (availableReplicas > 0) return { status: true, reason: 'Serving', message: 'The page is served', event: 'Normal' };
  const waiting = containerOf(pod, webServer)?.state?.waiting;
  const message = waiting?.message ?? waiting?.reason ?? (pod === undefined ? 'No pod yet' : 'The pod is not ready');
  return { status: false, reason: 'Starting', message };
}

function containerOf(pod: Pod | undefined, name: string): ContainerStatus | undefined {
  return pod?.status?.containerStatuses?.find((status) => status.name === name);
}

/** Why the container failed, by its last words; undefined when it hasn't. */
function failureOf(container: ContainerStatus | undefined): string | undefined {
  const terminated = container?.state?.terminated ?? container?.lastState?.terminated;
  if (terminated !== undefined && terminated.exitCode !== 0) {
    return terminated.message?.trim() || `the container ended with code ${terminated.exitCode}`;
  }
  const waiting = container?.state?.waiting;
  const isStarting =
    waiting === undefined || waiting.reason === 'ContainerCreating' || waiting.reason === 'PodInitializing';
  return isStarting ? undefined : (waiting.message ?? waiting.reason);
}

/** Repositories may be given with a user and a password: those are nobody's business. */
function withoutPassword(text: string): string {
  return text.replace(/(\w+:\/\/)[^/@\s]+@/g, '$1');
}

function creation(pod: Pod): string {
  return pod.metadata.creationTimestamp ?? '';
}
