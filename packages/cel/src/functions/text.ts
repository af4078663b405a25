/**
 * `size`, `contains`, `startsWith`, `endsWith`, `matches` (cel-spec, "Standard Definitions"). Strings count code points.
 */
import { types } from '../types/type.ts';
import { errorValue, type Result } from '../values/value.ts';
import { binary, declare, type FunctionDeclaration, member, type Overload, params, unary } from './overload.ts';
import { compileRegex } from './regex.ts';

const { string, bytes } = params;

/** The number of code points. */
function codePoints(text: string): number {
  let count = text.length;
  if (!/[\ud800-\udbff]/.test(text)) return count;
  for (const character of text) if (character.length > 1) count--;
  return count;
}

const sizes: readonly Overload[] = [
  unary('size_bytes', bytes, types.int, (value) => BigInt(value.bytes.length)),
  unary('size_list', params.list(types.a), types.int, ({ items }) => BigInt(items.length)),
  unary('size_map', params.map(types.a, types.b), types.int, ({ size }) => BigInt(size)),
  unary('size_string', string, types.int, (text) => BigInt(codePoints(text))),
];

function test(id: string, holds: (text: string, part: string) => boolean): Overload {
  return member(binary(id, string, string, types.bool, holds));
}

function matches(text: string, pattern: string): Result {
  const regex = compileRegex(pattern);
  return 'error' in regex ? errorValue(regex.error) : regex.test(text);
}

export const textFunctions: readonly FunctionDeclaration[] = [
  declare('size', ...sizes, ...sizes.map((overload) => member({ ...overload, id: memberSize(overload.id) }))),
  declare(
    'contains',
    test('contains_string', (text, part) => text.includes(part)),
  ),
  declare(
    'startsWith',
    test('starts_with_string', (text, prefix) => text.startsWith(prefix)),
  ),
  declare(
    'endsWith',
    test('ends_with_string', (text, suffix) => text.endsWith(suffix)),
  ),
  declare(
    'matches',
    binary('matches', string, string, types.bool, matches),
    member(binary('matches_string', string, string, types.bool, matches)),
  ),
];

/** `size_list` → `list_size`. */
function memberSize(id: string): string {
  return `${id.slice('size_'.length)}_size`;
}
