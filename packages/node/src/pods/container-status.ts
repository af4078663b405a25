/** A container's entry in the pod's status, from what the worker knows of it. Pure. */
import type { Container, ContainerState, ContainerStateTerminated, ContainerStatus } from '@kindred/apis/core/v1';
import type { ContainerRecord, Termination } from './container-record.ts';

/** Whole seconds, as Kubernetes writes times. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

export interface ContainerView {
  /** It will run again, so between two runs it is waiting, not ended. */
  readonly restarts: boolean;
  readonly now: number;
}

export function containerStatus(
  container: Container,
  record: ContainerRecord,
  { restarts, now }: ContainerView,
): ContainerStatus {
  const { phase } = record;
  const backingOff = phase.kind === 'terminated' && restarts && now < record.retryAt;
  const last = backingOff ? phase : record.last;
  const id = phase.kind === 'waiting' ? record.last?.id : phase.id;
  return {
    name: container.name,
    image: record.imageId === '' ? (container.image ?? '') : record.image,
    imageID: record.imageId,
    ...(id && { containerID: `process://${id}` }),
    ready: phase.kind === 'running' && phase.ready,
    started: phase.kind === 'running' && phase.started,
    restartCount: record.restartCount,
    state: backingOff ? crashLoop(record) : stateOf(record),
    lastState: last ? { terminated: terminatedState(last) } : {},
  };
}

function stateOf({ phase }: ContainerRecord): ContainerState {
  if (phase.kind === 'running') return { running: { startedAt: timestamp(phase.startedAt) } };
  if (phase.kind === 'terminated') return { terminated: terminatedState(phase) };
  return { waiting: { reason: phase.reason, ...(phase.message !== '' && { message: phase.message }) } };
}

function crashLoop({ waitingMessage }: ContainerRecord): ContainerState {
  return { waiting: { reason: 'CrashLoopBackOff', ...(waitingMessage && { message: waitingMessage }) } };
}

function terminatedState(termination: Termination): ContainerStateTerminated {
  return {
    exitCode: termination.exitCode,
    ...(termination.signal !== 0 && { signal: termination.signal }),
    reason: termination.reason,
    ...(termination.message !== '' && { message: termination.message }),
    startedAt: timestamp(termination.startedAt),
    finishedAt: timestamp(termination.finishedAt),
    ...(termination.id !== '' && { containerID: `process://${termination.id}` }),
  };
}
