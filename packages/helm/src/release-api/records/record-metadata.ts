/** What a Secret's metadata says of the record in it, before anything is unpacked: which revision of which release. */
import { checkLabelValue, type KubeObject, type Observed } from '@kindred/machinery';

/**
 * What selects the records of a release, or of all when none is given: the labels that helm finds them by. A name that no
 * label can have selects nothing: it comes from a client, and a comma in it must not become another term.
 */
export function recordsOf(release: string | undefined): string {
  if (release === undefined) return 'owner=helm';
  return checkLabelValue(release).length === 0 ? `owner=helm,name=${release}` : 'owner=helm,!owner';
}

export interface RecordMetadata {
  readonly namespace: string;
  /** Of the release. */
  readonly name: string;
  readonly revision: number;
  /** Name of the Secret. */
  readonly secret: string;
  /** Those that an object of the API has: without times, which every write changes. */
  readonly labels: Readonly<Record<string, string>>;
}

const TIMES = ['createdAt', 'modifiedAt'];

/** Undefined for what only looks like a record. */
export function recordMetadata(object: Observed<KubeObject>): RecordMetadata | undefined {
  const { labels = {}, name: secret, namespace = '' } = object.metadata;
  const { owner, name, version = /\.v(\d+)$/.exec(secret)?.[1] ?? '' } = labels;
  if (owner !== 'helm' || name === undefined || name === '' || !/^[1-9]\d{0,9}$/.test(version)) return undefined;
  return { namespace, name, revision: Number(version), secret, labels: labelsOf(labels) };
}

function labelsOf(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !TIMES.includes(key)));
}

/** Of each release the newest, in the order of namespaces and names. */
export function newestOnly(records: readonly RecordMetadata[]): RecordMetadata[] {
  const newest = new Map<string, RecordMetadata>();
  for (const record of records) {
    const key = keyOfRelease(record);
    const known = newest.get(key);
    if (known === undefined || known.revision < record.revision) newest.set(key, record);
  }
  return [...newest.values()].sort((a, b) => compareKeys(keyOfRelease(a), keyOfRelease(b)));
}

/** All of them, release by release, the oldest first. */
export function inHistoryOrder(records: readonly RecordMetadata[]): RecordMetadata[] {
  return records.toSorted((a, b) => compareKeys(historyKeyOf(a), historyKeyOf(b)));
}

/** Sorts as the records do. */
export function historyKeyOf(record: RecordMetadata): string {
  return `${keyOfRelease(record)}/${String(record.revision).padStart(10, '0')}`;
}

export function keyOfRelease({ namespace, name }: Pick<RecordMetadata, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
