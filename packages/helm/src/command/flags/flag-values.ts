/** The values that flags have after parsing. Asking for a flag that isn't declared, or as another type, is a bug. */
import type { Flag, FlagReader } from './flag.ts';

export type FlagValue = boolean | string | number | readonly string[] | ReadonlyMap<string, string>;

export interface FlagValues extends FlagReader {
  number(name: string): number;
  /** Milliseconds. */
  duration(name: string): number;
  list(name: string): readonly string[];
  map(name: string): ReadonlyMap<string, string>;
  /** Whether the flag was given. */
  changed(name: string): boolean;
}

/** @param given values of the flags that were given, by name */
export function flagValues(flags: readonly Flag[], given: ReadonlyMap<string, FlagValue>): FlagValues {
  const byName = new Map(flags.map((flag) => [flag.name, flag]));
  const value = (name: string): FlagValue => {
    const flag = byName.get(name);
    if (flag === undefined) throw new TypeError(`no flag --${name} is declared`);
    return given.get(name) ?? defaultValue(flag);
  };
  const typed =
    <T extends FlagValue>(is: (value: FlagValue) => value is T) =>
    (name: string): T => {
      const found = value(name);
      if (!is(found)) throw new TypeError(`--${name} has another type`);
      return found;
    };
  const number = typed((found) => typeof found === 'number');
  return {
    bool: typed((found) => typeof found === 'boolean'),
    text: typed((found) => typeof found === 'string'),
    number,
    duration: number,
    list: typed((found): found is readonly string[] => Array.isArray(found)),
    map: typed((found): found is ReadonlyMap<string, string> => found instanceof Map),
    changed: (name) => given.has(name),
  };
}

export function defaultValue(flag: Flag): FlagValue {
  switch (flag.kind) {
    case 'bool':
      return flag.default ?? false;
    case 'string':
      return flag.default ?? '';
    case 'int':
    case 'float32':
    case 'duration':
      return flag.default ?? 0;
    case 'stringArray':
    case 'strings':
      return flag.default ?? [];
    case 'stringToString':
      return new Map();
  }
}
