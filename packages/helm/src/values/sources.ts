/**
 * What the user of a chart gives beside the chart: files (`-f`) and the flags of the `--set` family, as helm merges them:
 * by kind of flag, not by their order on the command line.
 */
import { readValues } from '../chart/load-files.ts';
import { GoMap, isMap } from '../go/value.ts';
import { setFiles, setJson, setLiteral, setStrings, setValues } from './set-values.ts';

export type ValueSource =
  /** `integers`: see --strict-numbers. `secret`: what it holds isn't shown. */
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly text: string;
      readonly integers?: boolean;
      readonly secret?: boolean;
    }
  | { readonly kind: 'set-json' | 'set' | 'set-string' | 'set-literal'; readonly text: string }
  | { readonly kind: 'set-file'; readonly text: string; readonly readFile: (name: string) => string }
  /** Values that have no text: those of an earlier revision, of a resource in the cluster. */
  | { readonly kind: 'given'; readonly name: string; readonly values: GoMap };

const ORDER: readonly ValueSource['kind'][] = [
  'given',
  'file',
  'set-json',
  'set',
  'set-string',
  'set-file',
  'set-literal',
];

/** Whether values came encrypted: what is made of them must not be shown. */
export function haveSecrets(sources: readonly ValueSource[]): boolean {
  return sources.some((each) => each.kind === 'file' && each.secret === true);
}

/** The sources from the weakest to the strongest. */
export function orderedSources(sources: readonly ValueSource[]): ValueSource[] {
  return sources.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

/** The values that all sources make together. Throws ChartError. */
export function mergeSources(sources: readonly ValueSource[]): GoMap {
  let values = new GoMap();
  for (const source of orderedSources(sources)) values = applySource(values, source);
  return values;
}

/** One more source over the values, which may be changed in place. Throws ChartError. */
export function applySource(values: GoMap, source: ValueSource): GoMap {
  switch (source.kind) {
    case 'given':
      return mergeMaps(values, source.values);
    case 'file':
      return mergeMaps(
        values,
        readValues(source.text, `failed to parse ${source.name}`, { integers: source.integers ?? false }),
      );
    case 'set-file':
      setFiles(values, source.text, source.readFile);
      return values;
    default:
      SETTERS[source.kind](values, source.text);
      return values;
  }
}

const SETTERS: Readonly<
  Record<'set' | 'set-json' | 'set-string' | 'set-literal', (values: GoMap, text: string) => void>
> = {
  set: setValues,
  'set-json': setJson,
  'set-string': setStrings,
  'set-literal': setLiteral,
};

/** A new table in which `over` wins; tables on both sides are merged. */
export function mergeMaps(base: GoMap, over: GoMap): GoMap {
  const merged = new GoMap(base);
  for (const [key, value] of over) {
    const below = merged.get(key);
    merged.set(key, isMap(value) && isMap(below) ? mergeMaps(below, value) : value);
  }
  return merged;
}
