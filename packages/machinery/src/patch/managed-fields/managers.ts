/**
 * The managers of an object's fields: `metadata.managedFields` decoded, and encoded again in upstream's order.
 *
 * A manager is told apart by name, operation, subresource and, for updates, apiVersion: what somebody applies replaces
 * what the same manager applied in another version.
 */
import { isJsonObject } from '../../object/json.ts';
import type { FieldsV1, KubeObject, ManagedFieldsEntry } from '../../object/meta.ts';
import { emptyFieldSet, equalFieldSets, isEmptyFieldSet, readFieldSet } from './field-set.ts';

export interface FieldManager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339; when the set changed last. */
  readonly time?: string;
  readonly fields: FieldsV1;
}

/** Managers by identity: see managerKey. */
export type FieldManagers = ReadonlyMap<string, FieldManager>;

/** What tells managers apart. */
export function managerKey(manager: Omit<FieldManager, 'fields' | 'time'>): string {
  const version = manager.operation === 'Apply' ? '' : manager.apiVersion;
  return JSON.stringify([manager.name, manager.operation, version, manager.subresource]);
}

/**
 * Reads entries that may come from a client.
 *
 * @returns undefined when an entry is not valid, as for entries that an admission webhook has damaged.
 */
export function decodeManagedFields(entries: readonly ManagedFieldsEntry[] | undefined): FieldManagers | undefined {
  return decode(entries, readFieldSet);
}

/** Reads entries that this package wrote and the server has kept: nothing is checked or put in order. */
export function decodeStoredManagedFields(entries: readonly ManagedFieldsEntry[] | undefined): FieldManagers {
  return decode(entries, (fields) => fields) ?? new Map();
}

function decode(
  entries: readonly ManagedFieldsEntry[] | undefined,
  readFields: (fields: FieldsV1) => FieldsV1,
): FieldManagers | undefined {
  const managers = new Map<string, FieldManager>();
  for (const entry of entries ?? []) {
    const manager = decodeEntry(entry, readFields);
    if (manager === undefined) return undefined;
    managers.set(managerKey(manager), manager);
  }
  return managers;
}

function decodeEntry(entry: ManagedFieldsEntry, readFields: (fields: FieldsV1) => FieldsV1): FieldManager | undefined {
  if (entry === null) return undefined;
  if (entry.operation !== 'Apply' && entry.operation !== 'Update') return undefined;
  if (entry.fieldsType !== 'FieldsV1' || !entry.apiVersion) return undefined;
  const fields = readEntryFields(entry.fieldsV1, readFields);
  if (fields === undefined) return undefined;
  return {
    name: entry.manager ?? '',
    operation: entry.operation,
    apiVersion: entry.apiVersion,
    subresource: entry.subresource ?? '',
    ...(entry.time ? { time: entry.time } : {}),
    fields,
  };
}

function readEntryFields(
  fields: FieldsV1 | null | undefined,
  readFields: (fields: FieldsV1) => FieldsV1,
): FieldsV1 | undefined {
  if (fields === undefined || fields === null) return emptyFieldSet;
  try {
    return readFields(fields);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Entries in upstream's order: appliers first, then by time (seconds), name, apiVersion and subresource. */
export function encodeManagedFields(managers: FieldManagers): ManagedFieldsEntry[] {
  return [...managers.values()]
    .filter((manager) => !isEmptyFieldSet(manager.fields))
    .toSorted(compareManagers)
    .map(encodeManager);
}

function encodeManager(manager: FieldManager): ManagedFieldsEntry {
  const { name, operation, apiVersion, time, fields, subresource } = manager;
  // Member by member, since each create comes here and spreading optional ones in costs several times as much.
  const entry: ManagedFieldsEntry = {};
  if (name !== '') entry.manager = name;
  entry.operation = operation;
  entry.apiVersion = apiVersion;
  if (time !== undefined) entry.time = time;
  entry.fieldsType = 'FieldsV1';
  entry.fieldsV1 = fields;
  if (subresource !== '') entry.subresource = subresource;
  return entry;
}

function compareManagers(a: FieldManager, b: FieldManager): number {
  return (
    compareText(a.operation, b.operation) ||
    secondsOf(a) - secondsOf(b) ||
    compareText(a.name, b.name) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a === b ? 0 : 1;
}

/** When the manager's set changed last, in seconds since 1970; 0 when not known. */
export function secondsOf(manager: FieldManager): number {
  const milliseconds = manager.time === undefined ? 0 : Date.parse(manager.time);
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000);
}

/**
 * The entries that a request wants to set; undefined when it leaves them as they are, as nearly all do.
 * Through a subresource nobody sets managers by hand.
 */
export function sentManagedFields(
  live: KubeObject | undefined,
  updated: KubeObject,
  subresource: string,
): readonly ManagedFieldsEntry[] | undefined {
  const sent = updated.metadata?.managedFields;
  if (subresource !== '' || sent === undefined || sameEntries(live?.metadata.managedFields ?? [], sent))
    return undefined;
  return sent;
}

/**
 * The managers that hold before a write: those that the request sends, when they are valid, else the live ones.
 * Undefined when the request clears them by sending a single empty entry.
 */
export function managersBeforeWrite(
  live: KubeObject | undefined,
  sent: readonly ManagedFieldsEntry[] | undefined,
): FieldManagers | undefined {
  const stored = live?.metadata.managedFields;
  if (sent === undefined) return decodeStoredManagedFields(stored);
  if (isReset(sent)) return undefined;
  const managers = decodeManagedFields(sent);
  return managers === undefined || managers.size === 0 ? decodeStoredManagedFields(stored) : managers;
}

function isReset(entries: readonly (ManagedFieldsEntry | null)[]): boolean {
  const [only] = entries;
  return entries.length === 1 && isJsonObject(only) && Object.keys(only).length === 0;
}

/** Clients send back what they have read, so this is worth being fast. */
function sameEntries(stored: readonly ManagedFieldsEntry[], sent: readonly ManagedFieldsEntry[]): boolean {
  if (stored === sent) return true;
  return stored.length === sent.length && stored.every((entry, index) => sameEntry(entry, sent[index]));
}

function sameEntry(stored: ManagedFieldsEntry, sent: ManagedFieldsEntry | null | undefined): boolean {
  if (sent === undefined || sent === null || Object.keys(stored).length !== Object.keys(sent).length) return false;
  return (
    stored.manager === sent.manager &&
    stored.operation === sent.operation &&
    stored.apiVersion === sent.apiVersion &&
    stored.time === sent.time &&
    stored.fieldsType === sent.fieldsType &&
    stored.subresource === sent.subresource &&
    equalFieldSets(stored.fieldsV1 ?? emptyFieldSet, sent.fieldsV1 ?? emptyFieldSet)
  );
}
