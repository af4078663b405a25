/**
 * The query parameters of a watch ("API Concepts: efficient detection of changes", Kubernetes documentation).
 */
import { type FieldError, forbiddenField, invalidOptions, notSupported } from '@kindred/machinery';
import { parseResourceVersion } from './get.ts';
import { queryInteger } from './query-integer.ts';

export interface WatchOptions {
  /** Events after this revision; undefined: the present objects first. */
  readonly since: number | undefined;
  /** The present state must be at least this new. */
  readonly atLeast: number;
  /** Watch-list: a marked bookmark after the present objects. */
  readonly initialEventsEnd: boolean;
  readonly bookmarks: boolean;
  readonly timeoutSeconds: number;
}

/** Without timeoutSeconds a watch lasts at least this long, and at most twice as long. */
const minTimeoutSeconds = 1800;
const maxTimeoutSeconds = 2_000_000;

/** @throws StatusError 400, 422. `current` is the newest revision, `random` in [0, 1). */
export function readWatchOptions(query: URLSearchParams, current: number, random: () => number): WatchOptions {
  const version = query.get('resourceVersion') ?? '';
  const { sendInitialEvents, bookmarks, timeoutSeconds } = readWatchFlags(query, random);
  const revision = version === '' || version === '0' ? 0 : parseResourceVersion(version);
  const initial = sendInitialEvents ?? revision === 0;
  return {
    since: initial ? undefined : revision === 0 ? current : revision,
    atLeast: revision,
    initialEventsEnd: sendInitialEvents === true && bookmarks,
    bookmarks,
    timeoutSeconds,
  };
}

/** What a watch says beside the state that it begins at. */
export interface WatchFlags {
  readonly sendInitialEvents: boolean | undefined;
  readonly bookmarks: boolean;
  readonly timeoutSeconds: number;
}

/** @throws StatusError 400, 422. `random` in [0, 1). */
export function readWatchFlags(query: URLSearchParams, random: () => number): WatchFlags {
  const sendInitialEvents = readFlag(query, 'sendInitialEvents');
  checkCombination(sendInitialEvents, query.get('resourceVersionMatch') ?? '');
  return {
    sendInitialEvents,
    bookmarks: readFlag(query, 'allowWatchBookmarks') ?? false,
    timeoutSeconds: readTimeout(query) ?? minTimeoutSeconds * (1 + random()),
  };
}

function checkCombination(sendInitialEvents: boolean | undefined, match: string): void {
  const errors: FieldError[] = [];
  const field = 'resourceVersionMatch';
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    const text = `sendInitialEvents requires setting resourceVersionMatch to NotOlderThan`;
    errors.push(match === '' ? forbiddenField(field, text) : notSupported(field, match, ['NotOlderThan']));
  }
  if (sendInitialEvents === undefined && match !== '') {
    errors.push(
      forbiddenField(field, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'),
    );
  }
  if (errors.length > 0) throw invalidOptions('ListOptions', errors);
}

function readFlag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  return text !== 'false' && text !== '0';
}

/** Timers hold no more than about 24 days; none or 0 leaves it to the server. */
function readTimeout(query: URLSearchParams): number | undefined {
  const seconds = queryInteger(query, 'timeoutSeconds') ?? 0;
  return seconds <= 0 ? undefined : Math.min(seconds, maxTimeoutSeconds);
}
