/** JSON pointers (RFC 6901) into objects: reading, and copies of an object with another value, or none, at a pointer. */
import { isJsonObject, type JsonValue } from '@kindred/machinery';

/** The names of a pointer; undefined for a text that is none. The whole document is an empty list. */
export function parsePointer(text: string): string[] | undefined {
  if (text === '') return [];
  if (!text.startsWith('/')) return undefined;
  return text
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function valueAtPointer(value: JsonValue, [token, ...rest]: readonly string[]): JsonValue | undefined {
  if (token === undefined) return value;
  const inner = childOf(value, token);
  return inner === undefined ? undefined : valueAtPointer(inner, rest);
}

/** With `replacement` there, or without anything there; the same value when the way to it doesn't exist. */
export function withPointer(
  value: JsonValue,
  [token, ...rest]: readonly string[],
  replacement: JsonValue | undefined,
): JsonValue {
  if (token === undefined) return replacement ?? value;
  const inner = childOf(value, token);
  if (rest.length > 0) {
    return inner === undefined ? value : withChild(value, token, withPointer(inner, rest, replacement));
  }
  return inner === undefined && replacement === undefined ? value : withChild(value, token, replacement);
}

function childOf(value: JsonValue, token: string): JsonValue | undefined {
  if (Array.isArray(value)) return /^\d+$/.test(token) ? value[Number(token)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
}

function withChild(value: JsonValue, token: string, child: JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) {
    const at = Number(token);
    if (!/^\d+$/.test(token) || at > value.length) return value;
    return child === undefined ? value.filter((_, index) => index !== at) : value.with(at, child);
  }
  if (!isJsonObject(value)) return value;
  const { [token]: _, ...others } = value;
  return child === undefined ? others : { ...value, [token]: child };
}
