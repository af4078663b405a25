/**
 * The values of a release: those of ConfigMaps and Secrets in order, `values` over them, then texts with a target path, single
 * settings last (Flux documentation, "HelmRelease: values"). Pure: the objects have been fetched.
 */
import { createHash } from 'node:crypto';
import { ChartError } from '../../chart/chart.ts';
import { readValues } from '../../chart/load-files.ts';
import { encodeGoJson } from '../../go/json.ts';
import { GoMap } from '../../go/value.ts';
import { coalesceTables } from '../../values/coalesce-tables.ts';
import { setLiteral, setStrings, setValues } from '../../values/set-values.ts';
import type { ReleaseIntent, ValuesReference } from '../intent/release-intent.ts';
import { tableOf } from './go-json.ts';

/** Text of what a reference names; undefined when an optional one isn't there. */
export interface FetchedValues {
  readonly reference: ValuesReference;
  readonly text: string | undefined;
}

/** The values can't be made: `where` names the part at fault. */
export class ValuesError extends Error {
  override readonly name = 'ValuesError';
}

/** @throws ValuesError that names the object and the key, never the content: it may be a secret. */
export function composeValues(intent: Pick<ReleaseIntent, 'values' | 'set'>, fetched: readonly FetchedValues[]): GoMap {
  let values = new GoMap();
  const add = (references: readonly FetchedValues[]): void => {
    for (const { reference, text } of references) {
      if (text === undefined) continue;
      const where = `${reference.kind} ${reference.object.namespace}/${reference.object.name}, key ${reference.key}`;
      values = guarded(where, () => withReference(values, reference, text));
    }
  };
  add(fetched.filter(({ reference }) => !hasPath(reference)));
  values = coalesceTables(tableOf(intent.values), values, { keepNulls: true });
  add(fetched.filter(({ reference }) => hasPath(reference)));
  for (const { path, text, isText } of intent.set) {
    guarded(`set ${path}`, () => (isText ? setStrings : setValues)(values, `${path}=${escaped(text)}`));
  }
  return values;
}

/** Such a text comes over everything, as with Flux. */
function hasPath({ targetPath }: ValuesReference): boolean {
  return targetPath !== undefined && targetPath !== '';
}

function withReference(values: GoMap, { targetPath, kind, literal = false }: ValuesReference, text: string): GoMap {
  if (targetPath === undefined || targetPath === '')
    return coalesceTables(readValues(text, kind), values, { keepNulls: true });
  if (literal) {
    setLiteral(values, `${targetPath}=${text}`);
    return values;
  }
  const quoted = /^(["'])(.*)\1$/s.exec(text)?.[2];
  if (quoted === undefined) setValues(values, `${targetPath}=${text}`);
  else setStrings(values, `${targetPath}=${quoted}`);
  return values;
}

function guarded<T>(where: string, compose: () => T): T {
  try {
    return compose();
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ValuesError(`${where}: not usable as values`, { cause: error });
  }
}

/** A comma would begin the next setting. */
function escaped(text: string): string {
  return text.replaceAll(',', '\\,');
}

/** `sha256:…` of the values, whatever the order of their keys. */
export function valuesDigest(values: GoMap): string {
  return `sha256:${createHash('sha256').update(encodeGoJson(values)).digest('hex')}`;
}
