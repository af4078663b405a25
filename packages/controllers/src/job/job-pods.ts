/** How a job looks at its pods, and what its pods look like. Source: "Jobs", Kubernetes documentation. Pure. */
import type { Job } from '@kindred/apis/batch/v1';
import type { Container, Pod } from '@kindred/apis/core/v1';
import type { Observed } from '@kindred/machinery';
import { isFinished, podFromTemplate } from '../pod/pod-state.ts';
import { indexLabel } from './completion-indexes.ts';

/** Keeps a pod that has ended until the job has counted it. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';

/** How long to wait after the first failure (ms); doubled with each, up to the limit. */
const firstDelay = 10_000;
const longestDelay = 600_000;

export function isTracked({ metadata }: Pod): boolean {
  return metadata.finalizers?.includes(trackingFinalizer) === true;
}

export function hasSucceeded(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded';
}

/** A pod that is being deleted has failed too, unless the job waits to see how it ends. */
export function hasFailed({ spec }: Job, pod: Observed<Pod>): boolean {
  if (pod.status?.phase === 'Failed') return true;
  const isEnding = pod.metadata.deletionTimestamp !== undefined && !hasSucceeded(pod);
  return isEnding && spec?.podReplacementPolicy !== 'Failed';
}

export function isIndexed({ spec }: Job): boolean {
  return spec?.completionMode === 'Indexed';
}

export function indexOf({ metadata }: Pod): number | undefined {
  const text = metadata.labels?.[indexLabel] ?? metadata.annotations?.[indexLabel];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** @param index of the pod, for jobs whose completions are indexed */
export function jobPod(job: Observed<Job>, index: number | undefined): Pod {
  const { namespace = '', name } = job.metadata;
  const draft = podFromTemplate(job.spec?.template ?? {}, namespace, name);
  const finalizers = [...(draft.metadata.finalizers ?? []), trackingFinalizer];
  const pod = { ...draft, metadata: { ...draft.metadata, finalizers } };
  return index === undefined ? pod : withIndex(pod, name, index);
}

function withIndex(pod: Pod, jobName: string, index: number): Pod {
  const mark = { [indexLabel]: String(index) };
  const { containers = [], initContainers } = pod.spec ?? {};
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      generateName: `${jobName}-${index}-`,
      labels: { ...pod.metadata.labels, ...mark },
      annotations: { ...pod.metadata.annotations, ...mark },
    },
    spec: {
      ...pod.spec,
      hostname: pod.spec?.hostname ?? `${jobName}-${index}`,
      containers: containers.map(withIndexVariable),
      ...(initContainers === undefined ? {} : { initContainers: initContainers.map(withIndexVariable) }),
    },
  };
}

function withIndexVariable(container: Container): Container {
  const name = 'JOB_COMPLETION_INDEX';
  const { env = [] } = container;
  if (env.some((variable) => variable.name === name)) return container;
  return {
    ...container,
    env: [...env, { name, valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${indexLabel}']` } } }],
  };
}

/** Milliseconds until the next pod may be made, after failures without a success since. */
export function backoffLeft(job: Job, pods: readonly Observed<Pod>[], now: number): number {
  const lastSuccess = Math.max(0, ...pods.filter(hasSucceeded).map(endOf));
  const failures = pods.filter((pod) => hasFailed(job, pod)).map(endOf);
  const recent = failures.filter((time) => time > lastSuccess);
  if (recent.length === 0) return 0;
  const delay = Math.min(longestDelay, firstDelay * 2 ** (recent.length - 1));
  return Math.max(0, Math.max(...recent) + delay - now);
}

function endOf(pod: Observed<Pod>): number {
  const ends = (pod.status?.containerStatuses ?? []).map(({ state }) =>
    Date.parse(state?.terminated?.finishedAt ?? ''),
  );
  const known = ends.filter((time) => !Number.isNaN(time));
  return known.length > 0
    ? Math.max(...known)
    : Date.parse(pod.metadata.deletionTimestamp ?? pod.metadata.creationTimestamp);
}

/** Restarts of the containers of pods that start them again by themselves: they count against the job's limit. */
export function restarts(pods: readonly Observed<Pod>[]): number {
  return pods
    .filter((pod) => pod.spec?.restartPolicy === 'OnFailure' && !isFinished(pod))
    .flatMap(({ status }) => [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
}
