/**
 * Whole numbers in query parameters: limit, timeoutSeconds, gracePeriodSeconds.
 */
import { badRequest } from '@kindred/machinery';

/** Undefined when the parameter is absent or empty. @throws StatusError 400 in the words of Go's parser. */
export function queryInteger(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? '';
  if (text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
}
