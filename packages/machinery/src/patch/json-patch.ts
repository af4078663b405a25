/**
 * JSON Patch (RFC 6902), with the behaviour and the error texts of evanphx/json-patch that API servers show.
 *
 * Beyond the RFC, as there: negative array indices count from the end, `test` against null holds for a member that
 * is missing, and an absent `value` means null. The document is never changed: containers are copied on first write.
 */

import { encodeJsonText } from '../codec/json.ts';
import { deepCopy, deepEqual } from '../object/copy.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../object/json.ts';
import { setMember } from '../object/set-member.ts';
import { jsonTypeName, member } from './json-tools.ts';
import { PatchError } from './patch-error.ts';

export interface JsonPatchLimits {
  /** Most operations in one patch. */
  readonly operations: number;
  /** Most bytes that all `copy` operations together may add. */
  readonly copiedBytes: number;
}

export const jsonPatchLimits: JsonPatchLimits = { operations: 10_000, copiedBytes: 3 * 1024 * 1024 };

type Container = JsonValue[] | JsonObject;

interface Progress {
  root: JsonValue;
  /** Containers that belong to the result alone and may be written. */
  readonly owned: WeakSet<object>;
  copiedBytes: number;
}

/**
 * Applies the operations in order and returns the new document.
 *
 * @throws PatchError BadRequest when `operations` is not an array of objects, RequestEntityTooLarge beyond the limits,
 * Invalid when an operation does not apply or a `test` fails.
 * @example applyJsonPatch({ a: 1 }, [{ op: 'replace', path: '/a', value: 2 }]) // { a: 2 }
 */
export function applyJsonPatch(document: unknown, operations: unknown, limits = jsonPatchLimits): JsonValue {
  const patch = decodeOperations(operations);
  if (patch.length > limits.operations) {
    throw new PatchError(
      'RequestEntityTooLarge',
      `The allowed maximum operations in a JSON patch is ${limits.operations}, got ${patch.length}`,
    );
  }
  // The caller hands in a decoded JSON document; its TypeScript type may be a KubeObject.
  const progress: Progress = { root: document as JsonValue, owned: new WeakSet(), copiedBytes: 0 };
  for (const operation of patch) applyOperation(progress, operation, limits);
  return progress.root;
}

function decodeOperations(operations: unknown): JsonObject[] {
  if (!Array.isArray(operations)) throw badPatch(operations, 'Patch');
  return operations.map((operation: unknown) => {
    if (!isJsonObject(operation)) throw badPatch(operation, 'Operation');
    return operation;
  });
}

function badPatch(value: unknown, goType: string): PatchError {
  return new PatchError(
    'BadRequest',
    `json: cannot unmarshal ${jsonTypeName(value)} into Go value of type jsonpatch.${goType}`,
  );
}

function applyOperation(progress: Progress, operation: JsonObject, limits: JsonPatchLimits): void {
  const kind = operation['op'];
  switch (kind) {
    case 'add':
      return add(progress, operation);
    case 'remove':
      return remove(progress, operation);
    case 'replace':
      return replace(progress, operation);
    case 'move':
      return move(progress, operation);
    case 'copy':
      return copy(progress, operation, limits);
    case 'test':
      return test(progress, operation);
    default:
      throw invalid(`Unexpected kind: ${typeof kind === 'string' ? kind : 'unknown'}`);
  }
}

function add(progress: Progress, operation: JsonObject): void {
  const path = pathOf(operation, 'add');
  const value = member(operation, 'value') ?? null;
  if (path === '') return replaceRoot(progress, value, 'add');
  const place = writablePlace(progress, path);
  if (place === undefined) throw missing(`add operation does not apply: doc is missing path: ${JSON.stringify(path)}`);
  within(`error in add for path: '${path}'`, () => insert(place, value));
}

function remove(progress: Progress, operation: JsonObject): void {
  const path = pathOf(operation, 'remove');
  const place = writablePlace(progress, path);
  if (place === undefined) {
    throw missing(`remove operation does not apply: doc is missing path: ${JSON.stringify(path)}`);
  }
  within(`error in remove for path: '${path}'`, () => take(place));
}

function replace(progress: Progress, operation: JsonObject): void {
  const path = pathOf(operation, 'replace');
  const value = member(operation, 'value') ?? null;
  if (path === '') return replaceRoot(progress, value, 'replace');
  const place = writablePlace(progress, path);
  if (place === undefined) throw missing(`replace operation does not apply: doc is missing path: ${path}`);
  if (read(place) === undefined) throw missing(`replace operation does not apply: doc is missing key: ${path}`);
  if (Array.isArray(place.container)) place.container[existingIndex(place.container, place.key)] = value;
  else setMember(place.container, place.key, value);
}

function move(progress: Progress, operation: JsonObject): void {
  const from = fromOf(operation, 'move');
  const source = writablePlace(progress, from);
  if (source === undefined) throw missing(`move operation does not apply: doc is missing from path: ${from}`);
  const path = pathOf(operation, 'move');
  if (path.startsWith(`${from}/`)) throw invalid(`move operation does not apply: ${path} is inside ${from}`);
  const value = within(`error in move for path: '${source.key}'`, () => take(source));
  const target = writablePlace(progress, path);
  if (target === undefined) throw missing(`move operation does not apply: doc is missing destination path: ${path}`);
  within(`error in move for path: '${path}'`, () => insert(target, value));
}

function copy(progress: Progress, operation: JsonObject, limits: JsonPatchLimits): void {
  const from = fromOf(operation, 'copy');
  const source = placeOf(progress.root, from);
  if (source === undefined) throw missing(`copy operation does not apply: doc is missing from path: ${from}`);
  const value = within(`error in copy for from: '${from}'`, () => read(source));
  if (value === undefined)
    throw missing(`error in copy for from: '${from}': unable to get nonexistent key: ${source.key}`);
  progress.copiedBytes += encodeJsonText(value).length;
  if (progress.copiedBytes > limits.copiedBytes) {
    throw invalid(
      `Unable to complete the copy, the accumulated size increase of copy is ${progress.copiedBytes}, ` +
        `exceeding the limit ${limits.copiedBytes}`,
    );
  }
  const path = pathOf(operation, 'copy');
  const target = writablePlace(progress, path);
  if (target === undefined) throw missing(`copy operation does not apply: doc is missing destination path: ${path}`);
  // A deep copy, since a later operation may write into containers that the result already owns.
  within('error while adding value during copy', () => insert(target, deepCopy(value)));
}

function test(progress: Progress, operation: JsonObject): void {
  const path = pathOf(operation, 'test');
  const expected = member(operation, 'value') ?? null;
  const place = path === '' ? undefined : placeOf(progress.root, path);
  if (path !== '' && place === undefined) throw missing(`test operation does not apply: is missing path: ${path}`);
  const actual =
    place === undefined ? progress.root : (within(`error in test for path: '${path}'`, () => read(place)) ?? null);
  if (!deepEqual(actual, expected)) throw invalid(`testing value ${path} failed: test failed`);
}

function replaceRoot(progress: Progress, value: JsonValue, operation: string): void {
  if (typeof value !== 'object' || value === null) {
    throw invalid(`${operation} operation value must be object or array`);
  }
  progress.root = value;
}

interface Place {
  readonly container: Container;
  readonly key: string;
}

/** Where the pointer leads: the container of its last token. Undefined when something before it is missing. */
function placeOf(root: JsonValue, path: string): Place | undefined {
  const tokens = tokensOf(path);
  const key = tokens.pop();
  if (key === undefined) return undefined;
  let current: JsonValue | undefined = root;
  for (const token of tokens) current = childOf(current, token);
  return isContainer(current) ? { container: current, key } : undefined;
}

/** As placeOf, with every container on the way copied once so that the caller may write. */
function writablePlace(progress: Progress, path: string): Place | undefined {
  const tokens = tokensOf(path);
  const key = tokens.pop();
  if (key === undefined || !isContainer(progress.root)) return undefined;
  let current = writable(progress, progress.root);
  progress.root = current;
  for (const token of tokens) {
    const child = childOf(current, token);
    if (!isContainer(child)) return undefined;
    const copied = writable(progress, child);
    if (Array.isArray(current)) current[existingIndex(current, token)] = copied;
    else setMember(current, token, copied);
    current = copied;
  }
  return { container: current, key };
}

function writable(progress: Progress, container: Container): Container {
  if (progress.owned.has(container)) return container;
  const copied: Container = Array.isArray(container) ? [...container] : { ...container };
  progress.owned.add(copied);
  return copied;
}

/** RFC 6901 tokens; a pointer that is empty has none. */
function tokensOf(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function childOf(value: JsonValue | undefined, token: string): JsonValue | undefined {
  if (Array.isArray(value)) {
    const index = indexOf(token);
    return index === undefined ? undefined : value[index < 0 ? index + value.length : index];
  }
  return isJsonObject(value) ? member(value, token) : undefined;
}

function read({ container, key }: Place): JsonValue | undefined {
  if (!Array.isArray(container)) return member(container, key);
  return container[existingIndex(container, key)];
}

function insert({ container, key }: Place, value: JsonValue): void {
  if (!Array.isArray(container)) return setMember(container, key, value);
  if (key === '-') {
    container.push(value);
    return;
  }
  const index = indexOf(key);
  if (index === undefined) throw invalid(`value was not a proper array index: '${key}': ${notANumber(key)}`);
  const length = container.length + 1;
  if (index >= length || index < -length) throw badIndex(index);
  container.splice(index < 0 ? index + length : index, 0, value);
}

function take({ container, key }: Place): JsonValue {
  if (Array.isArray(container)) {
    const [removed] = container.splice(existingIndex(container, key), 1);
    return removed ?? null;
  }
  const value = member(container, key);
  if (value === undefined) throw missing(`Unable to remove nonexistent key: ${key}`);
  delete container[key];
  return value;
}

function existingIndex(array: JsonValue[], key: string): number {
  const index = indexOf(key);
  if (index === undefined) throw invalid(notANumber(key));
  if (index >= array.length || index < -array.length) throw badIndex(index);
  return index < 0 ? index + array.length : index;
}

function indexOf(token: string): number | undefined {
  return /^[+-]?\d+$/.test(token) ? Number(token) : undefined;
}

function isContainer(value: JsonValue | undefined): value is Container {
  return typeof value === 'object' && value !== null;
}

function pathOf(operation: JsonObject, kind: string): string {
  const path = member(operation, 'path');
  if (typeof path === 'string') return path;
  throw missing(`${kind} operation failed to decode path`);
}

function fromOf(operation: JsonObject, kind: string): string {
  const from = member(operation, 'from');
  if (typeof from === 'string') return from;
  throw missing(`${kind} operation failed to decode from`);
}

function within<T>(context: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof PatchError) throw new PatchError(error.kind, `${context}: ${error.message}`);
    throw error;
  }
}

function invalid(message: string): PatchError {
  return new PatchError('Invalid', message);
}

function missing(message: string): PatchError {
  return invalid(`${message}: missing value`);
}

function badIndex(index: number): PatchError {
  return invalid(`Unable to access invalid index: ${index}: invalid index referenced`);
}

function notANumber(key: string): string {
  return `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`;
}
