/**
 * What an agent that starts makes of the containers that the pod's status shows: what had ended stays ended, what ran is
 * gone with the earlier agent, and is counted as a restart. Pure.
 */
import type { ContainerStateTerminated, ContainerStatus, Pod } from '@kindred/apis/core/v1';
import { type ContainerRecord, newRecord, type Termination } from './container-record.ts';

export function recoverRecords(pod: Pod, now: number): Map<string, ContainerRecord> {
  const records = new Map<string, ContainerRecord>();
  for (const status of pod.status?.containerStatuses ?? []) {
    const record = recoverRecord(status, now);
    if (record) records.set(status.name, record);
  }
  // The sandbox is new, so the work of init containers is done again; only their count goes on.
  for (const status of pod.status?.initContainerStatuses ?? []) {
    const record = recoverRecord(status, now);
    if (record?.phase.kind !== 'terminated') continue;
    const phase = { kind: 'waiting', reason: 'PodInitializing', message: '' } as const;
    records.set(status.name, { ...record, phase, last: record.phase });
  }
  return records;
}

/** undefined for a container that never ran. */
function recoverRecord(status: ContainerStatus, now: number): ContainerRecord | undefined {
  const { terminated, running } = status.state ?? {};
  const before = terminated ?? status.lastState?.terminated;
  const base = newRecord(status.name, status.image);
  const last = status.lastState?.terminated && terminationOf(status.lastState.terminated);
  const record = { ...base, restartCount: status.restartCount, imageId: status.imageID, ...(last && { last }) };
  if (terminated) return { ...record, phase: { kind: 'terminated', ...terminationOf(terminated) } };
  if (running) {
    const startedAt = Date.parse(running.startedAt ?? '') || now;
    const id = status.containerID?.replace('process://', '') ?? '';
    const gone = { id, exitCode: 137, signal: 9, startedAt, finishedAt: now, reason: '', message: '' };
    return { ...record, phase: lost(gone, now) };
  }
  return before ? { ...record, phase: { kind: 'terminated', ...terminationOf(before) } } : undefined;
}

function lost(termination: Termination, finishedAt: number): { kind: 'terminated' } & Termination {
  const message = 'The container ended together with the node agent that ran it';
  return { ...termination, kind: 'terminated', exitCode: 137, reason: 'ContainerStatusUnknown', message, finishedAt };
}

function terminationOf(state: ContainerStateTerminated): Termination {
  return {
    id: state.containerID?.replace('process://', '') ?? '',
    exitCode: state.exitCode,
    signal: state.signal ?? 0,
    reason: state.reason ?? '',
    message: state.message ?? '',
    startedAt: Date.parse(state.startedAt ?? '') || 0,
    finishedAt: Date.parse(state.finishedAt ?? '') || 0,
  };
}
