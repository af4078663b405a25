/**
 * Objects of the API out of Secrets that hold records. A Release has the version of the newest record of its release, and
 * keeps its uid from the first install to the uninstall; a ReleaseRevision is the Secret under another name.
 */
import { createHash } from 'node:crypto';
import type { Secret } from '@kindred/apis/core/v1';
import { formatTime, type Observed, parseTime } from '@kindred/machinery';
import { releaseOfSecret } from '../../release/object-driver.ts';
import type { Release as Recorded } from '../../release/release.ts';
import { isReleaseError } from '../../release/release-error.ts';
import { Release } from '../kinds/release.ts';
import { ReleaseRevision } from '../kinds/release-revision.ts';
import { type RecordMetadata, recordMetadata } from '../records/record-metadata.ts';
import { damagedContent, type RevisionContent, revisionContent } from './revision-content.ts';

/** What a Secret holds. */
interface ReadRecord {
  readonly metadata: RecordMetadata;
  /** Undefined when it can't be read. */
  readonly release: Recorded | undefined;
  readonly content: RevisionContent;
}

/** Undefined for a Secret that is no record. */
function readRecord(secret: Observed<Secret>): ReadRecord | undefined {
  const metadata = recordMetadata(secret);
  if (metadata === undefined) return undefined;
  try {
    const release = releaseOfSecret(secret);
    return { metadata, release, content: revisionContent(release, metadata.namespace) };
  } catch (error) {
    if (!isReleaseError(error, 'Damaged')) throw error;
    return { metadata, release: undefined, content: damagedContent(metadata.revision, error.message) };
  }
}

/** The release whose newest record the Secret is; undefined for a Secret that is none. */
export function releaseObject(secret: Observed<Secret>): Release | undefined {
  const read = readRecord(secret);
  if (read === undefined) return undefined;
  const { metadata, release, content } = read;
  const { namespace, name, revision } = metadata;
  const isGoing = content.status.status === 'uninstalling';
  return {
    apiVersion: Release.apiVersion,
    kind: Release.kind,
    metadata: {
      ...commonMetadata(secret, name, metadata),
      uid: releaseUid(namespace, name, release?.info.firstDeployed ?? ''),
      creationTimestamp: seconds(release?.info.firstDeployed) ?? secret.metadata.creationTimestamp,
      generation: revision,
      ...(isGoing ? { deletionTimestamp: seconds(release?.info.deleted) ?? secret.metadata.creationTimestamp } : {}),
    },
    ...content,
  };
}

/** The revision whose record the Secret is; undefined for a Secret that is none. */
export function revisionObject(secret: Observed<Secret>): ReleaseRevision | undefined {
  const read = readRecord(secret);
  if (read === undefined) return undefined;
  const { metadata, content } = read;
  const { uid, creationTimestamp } = secret.metadata;
  return {
    apiVersion: ReleaseRevision.apiVersion,
    kind: ReleaseRevision.kind,
    metadata: { ...commonMetadata(secret, revisionName(metadata), metadata), uid, creationTimestamp },
    spec: { releaseName: metadata.name, ...content.spec },
    status: content.status,
  };
}

/** `web.v3` */
export function revisionName({ name, revision }: Pick<RecordMetadata, 'name' | 'revision'>): string {
  return `${name}.v${revision}`;
}

export function parseRevisionName(text: string): Pick<RecordMetadata, 'name' | 'revision'> | undefined {
  const [, name, revision] = /^(.+)\.v([1-9]\d{0,9})$/.exec(text) ?? [];
  return name === undefined ? undefined : { name, revision: Number(revision) };
}

function commonMetadata({ metadata }: Observed<Secret>, name: string, { namespace, labels }: RecordMetadata) {
  return { name, namespace, resourceVersion: metadata.resourceVersion, labels: { ...labels } };
}

function seconds(time = ''): string | undefined {
  const milliseconds = parseTime(time);
  return milliseconds === undefined ? undefined : formatTime(milliseconds);
}

/** The same for all revisions of one life of a release; in the form of version 8 (RFC 9562). */
function releaseUid(namespace: string, name: string, firstDeployed: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([namespace, name, firstDeployed]))
    .digest('hex');
  const variant = ((Number.parseInt(hash.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `${variant}${hash.slice(18, 20)}`];
  return [...parts, hash.slice(20, 32)].join('-');
}
