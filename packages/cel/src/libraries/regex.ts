/**
 * `find` and `findAll` (Kubernetes' regex library).
 */
import { binary, declare, member, params, ternary } from '../functions/overload.ts';
import { compileRegex } from '../functions/regex.ts';
import { types } from '../types/type.ts';
import { errorValue, list, type Result } from '../values/value.ts';
import type { Library } from './library.ts';

const { string, int } = params;

export const regexLibrary: Library = {
  name: 'regex',
  functions: [
    declare('find', member(binary('string_find_string', string, string, types.string, find))),
    declare(
      'findAll',
      member(
        binary('string_find_all_string', string, string, types.list(types.string), (text, pattern) =>
          findAll(text, pattern, -1n),
        ),
      ),
      member(ternary('string_find_all_string_int', [string, string, int], types.list(types.string), findAll)),
    ),
  ],
};

function find(text: string, pattern: string): Result {
  const regex = compileRegex(pattern);
  return 'error' in regex ? errorValue(regex.error) : (regex.findAll(text, 1)[0] ?? '');
}

/** At most `limit` matches; below 0 all. */
function findAll(text: string, pattern: string, limit: bigint): Result {
  const regex = compileRegex(pattern);
  if ('error' in regex) return errorValue(regex.error);
  return list(regex.findAll(text, limit < 0n ? Number.POSITIVE_INFINITY : Number(limit)));
}
