/**
 * One text for every value, the same for equal values: a key for sets of values (`distinct`, lists of type set).
 */
import type { Value } from './value.ts';

export function canonicalText(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `#${value}`;
  if (typeof value === 'number') return Number.isInteger(value) ? `#${BigInt(value)}` : `#${value}`;
  if (typeof value !== 'object' || value === null) return String(value);
  switch (value.kind) {
    case 'uint':
      return `#${value.value}`;
    case 'bytes':
      return `b${Buffer.from(value.bytes).toString('base64')}`;
    case 'list':
      return `[${value.items.map(canonicalText).join(',')}]`;
    case 'map': {
      const entries = value.keys().map((key) => `${canonicalText(key)}:${canonicalText(value.get(key) ?? null)}`);
      return `{${entries.sort().join(',')}}`;
    }
    case 'timestamp':
      return `t${value.nanos}`;
    case 'duration':
      return `d${value.nanos}`;
    case 'type':
      return `type ${value.name}`;
    case 'optional':
      return value.value === undefined ? 'none' : `some ${canonicalText(value.value)}`;
    case 'opaque':
      return `${value.typeName} ${String(value.value)}`;
  }
}
