/** The values that an object under admission stands for, as far as the objects that it names are there. */
import type { Client } from '@kindred/client';
import { type FieldError, isStatusError } from '@kindred/machinery';
import { GoMap } from '../../go/value.ts';
import type { ReleaseIntent, ValuesReference } from '../intent/release-intent.ts';
import { fetchValues } from '../reconcile/fetch-values.ts';
import { composeValues, type FetchedValues, ValuesError } from '../values/compose-values.ts';
import type { ValuesLayer } from './value-layers.ts';

export interface AdmittedValues {
  readonly values: GoMap;
  /** The strongest first; those of the object itself are not among them. */
  readonly referred: readonly ValuesLayer[];
  /** False when something is missing, so that nothing can be said about what is required. */
  readonly isComplete: boolean;
  readonly errors: readonly FieldError[];
  readonly warnings: readonly string[];
}

/** @param fieldOf names a reference's field in the object: `spec.valuesFrom[0]` */
export async function readValues(
  intent: Pick<ReleaseIntent, 'values' | 'set' | 'valuesFrom'>,
  fieldOf: (index: number) => string,
  reader: Client,
  signal: AbortSignal,
): Promise<AdmittedValues> {
  const errors: FieldError[] = [];
  const warnings: string[] = [];
  const fetched: FetchedValues[] = [];
  const referred: ValuesLayer[] = [];
  for (const [index, reference] of intent.valuesFrom.entries()) {
    const at = fieldOf(index);
    const found = await fetchOne(reference, reader, signal);
    if ('problem' in found) {
      warnings.push(`${at}: ${found.problem}`);
      continue;
    }
    const values = layerOf(found.text, at, errors);
    if (values === undefined) continue;
    fetched.push(found.text);
    referred.unshift({ field: at, values, isInline: false, isSecret: reference.kind === 'Secret' });
  }
  const isComplete = warnings.length === 0 && errors.length === 0;
  return { values: composedValues(intent, fetched, errors), referred, isComplete, errors, warnings };
}

async function fetchOne(
  reference: ValuesReference,
  reader: Client,
  signal: AbortSignal,
): Promise<{ readonly text: FetchedValues } | { readonly problem: string }> {
  try {
    const [text] = await fetchValues([reference], reader, signal);
    return { text: text ?? { reference, text: undefined } };
  } catch (error) {
    // It may come with the next line of the same manifest; the controller tells when it doesn't.
    if (error instanceof ValuesError) return { problem: `${error.message} (yet), so values aren't checked` };
    if (isStatusError(error)) return { problem: `can't be read, so values aren't checked: ${error.message}` };
    throw error;
  }
}

function layerOf(fetched: FetchedValues, at: string, errors: FieldError[]): GoMap | undefined {
  try {
    return composeValues({ values: {}, set: [] }, [fetched]);
  } catch (error) {
    if (!(error instanceof ValuesError)) throw error;
    errors.push({ type: 'Invalid', field: at, detail: error.message });
    return undefined;
  }
}

function composedValues(
  intent: Pick<ReleaseIntent, 'values' | 'set'>,
  fetched: readonly FetchedValues[],
  errors: FieldError[],
): GoMap {
  try {
    return composeValues(intent, fetched);
  } catch (error) {
    if (!(error instanceof ValuesError)) throw error;
    errors.push({ type: 'Invalid', field: 'spec', detail: error.message });
    return new GoMap();
  }
}
