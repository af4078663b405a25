/** Keys that stand twice in a map of a YAML text: helm reads the last one and says nothing. */
import { EVENT_ID, type Event, getScalarValue, parseEvents, YAMLException } from 'js-yaml';
import { placeFinder } from './places.ts';

export interface DuplicateKey {
  readonly key: string;
  /** From 1. */
  readonly line: number;
  readonly firstLine: number;
}

/** Empty for what is no YAML at all. */
export function duplicateKeys(text: string): DuplicateKey[] {
  const events = eventsOf(text);
  const find = placeFinder(text);
  const found: DuplicateKey[] = [];
  let at = 0;
  const node = (): void => {
    const event = events[at++];
    if (event?.type === EVENT_ID.DOCUMENT || event?.type === EVENT_ID.SEQUENCE) {
      while (at < events.length && events[at]?.type !== EVENT_ID.POP) node();
      at++;
    } else if (event?.type === EVENT_ID.MAPPING) mapping();
  };
  const mapping = (): void => {
    const lines = new Map<string, number>();
    while (at < events.length && events[at]?.type !== EVENT_ID.POP) {
      const event = events[at];
      if (event?.type === EVENT_ID.SCALAR) {
        const key = getScalarValue(text, event);
        const { line } = find(event.valueStart);
        const firstLine = lines.get(key);
        if (firstLine !== undefined && key !== '<<') found.push({ key, line, firstLine });
        lines.set(key, line);
      }
      node();
      node();
    }
    at++;
  };
  while (at < events.length) node();
  return found;
}

function eventsOf(text: string): Event[] {
  try {
    return parseEvents(text, {});
  } catch (error) {
    if (error instanceof YAMLException) return [];
    throw error;
  }
}
