/**
 * The function behind `transformMap` and `transformMapEntry`; the planner does its work.
 */
import { binary, declare, params, ternary } from '../functions/overload.ts';
import { types } from '../types/type.ts';
import { errorValue, type Result } from '../values/value.ts';
import type { Library } from './library.ts';

const map = params.map(types.a, types.b);
const never = (): Result => errorValue('no such overload');

export const comprehensionsLibrary: Library = {
  name: 'comprehensions',
  functions: [
    declare(
      'cel.@mapInsert',
      binary('@mapInsert_map_map', map, map, map.type, never),
      ternary('@mapInsert_map_key_value', [map, params.a, params.b], map.type, never),
    ),
  ],
};
