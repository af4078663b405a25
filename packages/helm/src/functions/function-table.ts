/** All functions of helm templates except those that belong to one render: `include`, `tpl` and `lookup`. */
import { fn } from '../go/define-function.ts';
import type { GoFunction } from '../go/value.ts';
import { builtinFunctions } from './builtins.ts';
import { compareFunctions } from './compare.ts';
import { type CryptoProvider, cryptoFunctions } from './crypto.ts';
import { dateFunctions, type TimeSource } from './dates.ts';
import { defaultFunctions } from './defaults.ts';
import { dictFunctions } from './dicts.ts';
import { encodingFunctions } from './encoding.ts';
import { listFunctions } from './lists.ts';
import { numberFunctions } from './numbers.ts';
import { pathFunctions } from './paths.ts';
import { regexFunctions } from './regex.ts';
import { semverFunctions } from './semver.ts';
import { stringFunctions } from './strings.ts';
import { tomlFunctions } from './toml.ts';
import { urlFunctions } from './urls.ts';

/** What functions need from the machine. */
export interface FunctionProviders {
  readonly time: TimeSource;
  /** Without one, functions that need keys, hashes or randomness fail when they are called. */
  readonly crypto?: CryptoProvider;
  /** Address of a host name; `getHostByName` gives an empty text without it, as helm does unless told otherwise. */
  readonly resolveHost?: (name: string) => string;
}

export function functionTable(providers: FunctionProviders): Map<string, GoFunction> {
  const table = new Map(PURE_FUNCTIONS);
  const bound = [regexFunctions(), dateFunctions(providers.time), cryptoFunctions(providers.crypto)];
  for (const functions of bound) {
    for (const [name, run] of Object.entries(functions)) table.set(name, run);
  }
  table.set(
    'getHostByName',
    fn(['string'], (name) => providers.resolveHost?.(name) ?? ''),
  );
  return table;
}

/** Those that need nothing from the machine: made once, because an engine that renders little shouldn't make them anew. */
const PURE_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map(
  [
    stringFunctions,
    numberFunctions,
    defaultFunctions,
    dictFunctions,
    listFunctions,
    encodingFunctions,
    tomlFunctions,
    pathFunctions,
    urlFunctions,
    semverFunctions,
    compareFunctions,
    builtinFunctions,
  ].flatMap((functions) => Object.entries(functions)),
);
