/**
 * Which state of a resource a list shows, and which part of it: limit, continue, resourceVersion, resourceVersionMatch
 * ("API Concepts: semantics for get and list", Kubernetes documentation).
 */
import {
  badRequest,
  expired,
  type FieldError,
  forbiddenField,
  invalidOptions,
  notSupported,
  tooLargeResourceVersion,
} from '@kindred/machinery';
import { StoreError } from '@kindred/store';
import { decodeContinue, encodeContinue } from '../storage/continue-token.ts';
import type { ApiStorage, ResourceList, ResourceStorage } from '../storage/resource-storage.ts';
import type { Selection } from '../storage/selection.ts';
import { parseResourceVersion } from './get.ts';
import { queryInteger } from './query-integer.ts';

export interface ListOptions {
  /** 0 is no limit. */
  readonly limit: number;
  readonly after: string | undefined;
  /** Exactly this state, which may be forgotten; undefined is the newest. */
  readonly exactly: number | undefined;
  /** The state must be at least this new. */
  readonly atLeast: number;
}

/** @throws StatusError 400, 422 for parameters that make no sense together. */
export function readListOptions(query: URLSearchParams): ListOptions {
  const limit = Math.max(0, queryInteger(query, 'limit') ?? 0);
  const version = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const token = query.get('continue') ?? '';
  checkListCombination(query);
  if (token !== '') {
    const { revision, after } = decodeContinue(token);
    if (version !== '' && version !== '0')
      throw badRequest('specifying resource version is not allowed when using continue');
    return { limit, after, exactly: revision < 0 ? undefined : revision, atLeast: 0 };
  }
  if (version === '' || version === '0') return { limit, after: undefined, exactly: undefined, atLeast: 0 };
  const revision = parseResourceVersion(version);
  const exact = match === 'Exact' || (match === '' && limit > 0);
  return { limit, after: undefined, exactly: exact ? revision : undefined, atLeast: exact ? 0 : revision };
}

/** @throws StatusError 422 for parameters that exclude each other. */
export function checkListCombination(query: URLSearchParams): void {
  const [version = '', match = '', token = ''] = ['resourceVersion', 'resourceVersionMatch', 'continue'].map(
    (name) => query.get(name) ?? '',
  );
  const errors: FieldError[] = match === '' ? [] : matchErrors(version, match, token);
  if (query.has('sendInitialEvents')) {
    errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  if (errors.length > 0) throw invalidOptions('ListOptions', errors);
}

function matchErrors(version: string, match: string, token: string): FieldError[] {
  const errors: FieldError[] = [];
  const field = 'resourceVersionMatch';
  if (match !== 'Exact' && match !== 'NotOlderThan') errors.push(notSupported(field, match, ['Exact', 'NotOlderThan']));
  if (version === '')
    errors.push(forbiddenField(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
  if (token !== '') errors.push(forbiddenField(field, 'resourceVersionMatch is forbidden when continue is provided'));
  if (match === 'Exact' && version === '0') {
    errors.push(forbiddenField(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  return errors;
}

/**
 * Reads the list that the options ask for.
 *
 * @throws StatusError 410 when the state is forgotten, 504 when it lies in the future.
 */
export async function readList(
  storage: ResourceStorage,
  apiStorage: ApiStorage,
  selection: Selection,
  options: ListOptions,
): Promise<ResourceList> {
  const { exactly, atLeast, limit, after } = options;
  const range = { ...selection, limit, ...(after === undefined ? {} : { after }) };
  const needed = exactly ?? atLeast;
  if (needed > storage.revision && !(await apiStorage.reaches(needed))) {
    throw tooLargeResourceVersion(needed, storage.revision);
  }
  if (exactly === undefined || exactly === storage.revision) return storage.list(range);
  try {
    return storage.listAt(exactly, range);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'compacted') throw error;
    throw expiredList(after);
  }
}

function expiredList(after: string | undefined): Error {
  if (after === undefined) return expired('The resourceVersion for the provided list is too old.');
  return expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
      'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
      'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
      'deleted between the time the first chunk was returned and now may show up in the list.',
    encodeContinue({ revision: -1, after }),
  );
}

/** The token for the page behind the list; undefined when it is the last one. */
export function continueTokenOf(list: ResourceList): string | undefined {
  const last = list.items.at(-1);
  if (list.remaining === 0 || last === undefined) return undefined;
  const after = last.namespace === '' ? last.name : `${last.namespace}/${last.name}`;
  return encodeContinue({ revision: list.revision, after });
}
