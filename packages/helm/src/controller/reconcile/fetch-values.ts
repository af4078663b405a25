/** Reads what `valuesFrom` names. */
import { ConfigMap, Secret } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import { isStatusError } from '@kindred/machinery';
import type { ValuesReference } from '../intent/release-intent.ts';
import { type FetchedValues, ValuesError } from '../values/compose-values.ts';

/** @throws ValuesError for an object or a key that is missing and not optional */
export function fetchValues(
  references: readonly ValuesReference[],
  client: Client,
  signal: AbortSignal | undefined,
): Promise<FetchedValues[]> {
  return Promise.all(
    references.map(async (reference) => ({ reference, text: await readText(reference, client, signal) })),
  );
}

async function readText(
  reference: ValuesReference,
  client: Client,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { kind, object, key, optional } = reference;
  const what = `${kind} ${object.namespace}/${object.name}`;
  try {
    const text = await dataOf(reference, client, signal);
    if (text !== undefined || optional) return text;
  } catch (error) {
    if (!isStatusError(error, 'NotFound')) throw error;
    if (optional) return undefined;
    throw new ValuesError(`${what} is not there`, { cause: error });
  }
  throw new ValuesError(`${what} has no key ${key}`);
}

async function dataOf(
  { kind, object, key }: ValuesReference,
  client: Client,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (kind === 'ConfigMap') {
    const { data, binaryData } = await client.get(ConfigMap, object, { signal });
    return data?.[key] ?? decoded(binaryData?.[key]);
  }
  return decoded((await client.get(Secret, object, { signal })).data?.[key]);
}

function decoded(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString();
}
