/** Cells of kinds whose only rule is how they show. */
import { formatAge, type KubeObject } from '@kindred/machinery';
import type { APIService } from '../gen/types/apiregistration/v1.ts';
import type { CertificateSigningRequest } from '../gen/types/certificates/v1.ts';
import type { Lease } from '../gen/types/coordination/v1.ts';
import type { PodDisruptionBudget } from '../gen/types/policy/v1.ts';
import type { PriorityClass } from '../gen/types/scheduling/v1.ts';
import type { CSIDriver, CSINode, VolumeAttachment } from '../gen/types/storage/v1.ts';
import { ageOf } from './age.ts';

export function webhookCells(
  { metadata, webhooks }: KubeObject & { webhooks?: readonly unknown[] },
  now: number,
): unknown[] {
  return [metadata.name ?? '', webhooks?.length ?? 0, ageOf(metadata.creationTimestamp, now)];
}

export function leaseCells({ metadata, spec }: Lease, now: number): unknown[] {
  return [metadata.name ?? '', spec?.holderIdentity ?? '', ageOf(metadata.creationTimestamp, now)];
}

export function podDisruptionBudgetCells({ metadata, spec, status }: PodDisruptionBudget, now: number): unknown[] {
  return [
    metadata.name ?? '',
    String(spec?.minAvailable ?? 'N/A'),
    String(spec?.maxUnavailable ?? 'N/A'),
    status?.disruptionsAllowed ?? 0,
    ageOf(metadata.creationTimestamp, now),
  ];
}

export function priorityClassCells(priorityClass: PriorityClass, now: number): unknown[] {
  const { metadata, value, globalDefault, preemptionPolicy } = priorityClass;
  return [
    metadata.name ?? '',
    value ?? 0,
    globalDefault ?? false,
    ageOf(metadata.creationTimestamp, now),
    preemptionPolicy ?? '',
  ];
}

export function certificateSigningRequestCells(request: CertificateSigningRequest, now: number): unknown[] {
  const { metadata, spec } = request;
  const seconds = spec?.expirationSeconds;
  return [
    metadata.name ?? '',
    ageOf(metadata.creationTimestamp, now),
    spec?.signerName ?? '<none>',
    spec?.username ?? '',
    seconds === undefined ? '<none>' : formatAge(seconds * 1000),
    requestCondition(request),
  ];
}

function requestCondition({ status }: CertificateSigningRequest): string {
  const holds = (type: string) => (status?.conditions ?? []).some((condition) => condition.type === type);
  const words: string[] = [];
  if (holds('Denied')) words.push('Denied');
  else if (holds('Approved')) words.push('Approved');
  else words.push('Pending');
  if (holds('Failed')) words.push('Failed');
  if (status?.certificate) words.push('Issued');
  return words.join(',');
}

/** The aggregator prints these: where requests go, and whether somebody answers there. */
export function apiServiceCells({ metadata, spec, status }: APIService, now: number): unknown[] {
  const service = spec?.service;
  const available = (status?.conditions ?? []).find(({ type }) => type === 'Available');
  const reason = available !== undefined && available.status !== 'True' ? ` (${available.reason ?? ''})` : '';
  return [
    metadata.name ?? '',
    service === undefined ? 'Local' : `${service.namespace}/${service.name}`,
    `${available?.status ?? 'Unknown'}${reason}`,
    ageOf(metadata.creationTimestamp, now),
  ];
}

export function volumeAttachmentCells({ metadata, spec, status }: VolumeAttachment, now: number): unknown[] {
  return [
    metadata.name ?? '',
    spec?.attacher ?? '',
    spec?.source?.persistentVolumeName ?? '',
    spec?.nodeName ?? '',
    status?.attached ?? false,
    ageOf(metadata.creationTimestamp, now),
  ];
}

export function csiNodeCells({ metadata, spec }: CSINode, now: number): unknown[] {
  return [metadata.name ?? '', spec?.drivers?.length ?? 0, ageOf(metadata.creationTimestamp, now)];
}

export function csiDriverCells({ metadata, spec }: CSIDriver): unknown[] {
  return [
    metadata.name ?? '',
    spec?.attachRequired ?? true,
    spec?.podInfoOnMount ?? false,
    spec?.storageCapacity ?? false,
  ];
}
