/** Members of JSON objects by type, as Go decodes them into structs: what is missing or null is the zero value. */

/** Where the JSON isn't as it must be. */
export class MemberError extends Error {
  override readonly name = 'MemberError';
}

export type JsonMembers = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown, path: string): JsonMembers {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw wrong(value, path, 'an object');
  // An object's members are read by the functions below, which check them.
  return value as JsonMembers;
}

export function memberOf(object: JsonMembers, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function stringOf(object: JsonMembers, name: string, path: string): string {
  const value = memberOf(object, name);
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw wrong(value, `${path}.${name}`, 'a string');
  return value;
}

export function intOf(object: JsonMembers, name: string, path: string): number {
  const value = memberOf(object, name);
  if (value === undefined || value === null) return 0;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(value, `${path}.${name}`, 'an integer');
  return value;
}

export function booleanOf(object: JsonMembers, name: string, path: string): boolean {
  const value = memberOf(object, name);
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw wrong(value, `${path}.${name}`, 'a boolean');
  return value;
}

/** Each item with its path. */
export function listOf<T>(
  object: JsonMembers,
  name: string,
  path: string,
  read: (item: unknown, path: string) => T,
): T[] {
  const value = memberOf(object, name);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrong(value, `${path}.${name}`, 'a list');
  return value.map((item: unknown, index) => read(item, `${path}.${name}[${index}]`));
}

export function stringsOf(object: JsonMembers, name: string, path: string): string[] {
  return listOf(object, name, path, (item, at) => {
    if (typeof item !== 'string') throw wrong(item, at, 'a string');
    return item;
  });
}

/** Undefined for null and when it is missing. */
export function bytesOf(object: JsonMembers, name: string, path: string): Uint8Array | undefined {
  const value = memberOf(object, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrong(value, `${path}.${name}`, 'base64');
  return new Uint8Array(Buffer.from(value, 'base64'));
}

function wrong(value: unknown, path: string, wanted: string): MemberError {
  const found = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
  return new MemberError(`${path.replace(/^\./, '')} is ${found} instead of ${wanted}`);
}
