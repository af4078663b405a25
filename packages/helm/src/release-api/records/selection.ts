/** Which records a request can be about, told by their metadata: the others need not be read. */
import { parseFieldSelector, parseLabelSelector } from '@kindred/machinery';
import type { RecordMetadata } from './record-metadata.ts';

export interface Narrowing {
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

/** The one name that a field selector asks for. @throws StatusError BadRequest */
export function onlyNameOf({ fieldSelector }: Pick<Narrowing, 'fieldSelector'>): string | undefined {
  return parseFieldSelector(fieldSelector).exactValue('metadata.name');
}

/** `nameOf`: what the object that a record becomes is called. @throws StatusError BadRequest */
export function selection(
  narrowing: Narrowing,
  nameOf: (record: RecordMetadata) => string,
): (record: RecordMetadata) => boolean {
  const labels = parseLabelSelector(narrowing.labelSelector);
  const name = onlyNameOf(narrowing);
  return (record) => (name === undefined || nameOf(record) === name) && labels.matches(record.labels);
}
