/**
 * `lookup` for templates that render without waiting: a render is given the answers that are known, notes the questions that
 * aren't, and is done again with their answers, until no question is new.
 */
import { resourcePath } from '@kindred/client';
import { formatGroupVersion, isStatusError, parseGroupVersion } from '@kindred/machinery';
import { FunctionError } from '../go/function-error.ts';
import { GoMap, type GoValue, goInt64 } from '../go/value.ts';
import { ReleaseError } from '../release/release-error.ts';
import type { Lookup } from '../render/engine.ts';
import type { ActionContext } from './action-context.ts';

/** Lookups whose arguments come from lookups need a round each; names that change with every render never end. */
const MAX_ROUNDS = 20;

interface Question {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The outcome of a lookup: a value, or what it fails with. */
type Answer = { readonly value: GoValue } | { readonly problem: string };

/**
 * Renders with lookups in the cluster; failures are only explained once everything that was asked is known.
 *
 * @throws what `render` throws then
 */
export async function renderWithLookups<T>(
  context: ActionContext,
  render: (lookup: Lookup, explain: boolean) => T,
): Promise<T> {
  const answers = new Map<string, Answer>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const questions = new Map<string, Question>();
    const lookup: Lookup = (apiVersion, kind, namespace, name) => {
      const key = JSON.stringify([apiVersion, kind, namespace, name]);
      const answer = answers.get(key);
      if (answer === undefined) questions.set(key, { apiVersion, kind, namespace, name });
      if (answer !== undefined && 'problem' in answer) throw new FunctionError(answer.problem);
      return copy(answer?.value ?? new GoMap());
    };
    const outcome = attempt(() => render(lookup, false));
    if (questions.size === 0) return 'error' in outcome ? render(lookup, true) : outcome.value;
    await Promise.all(
      [...questions].map(async ([key, question]) => {
        answers.set(key, await ask(context, question));
      }),
    );
  }
  const message = `templates look up other objects each time they are rendered; gave up after ${MAX_ROUNDS} times`;
  throw new ReleaseError('Failed', message);
}

function attempt<T>(step: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: step() };
  } catch (error) {
    return { error };
  }
}

async function ask(context: ActionContext, question: Question): Promise<Answer> {
  const { client, mapper, signal } = context;
  const { apiVersion, kind: kindName, namespace, name } = question;
  const kind = await mapper.kindOf(apiVersion, kindName, signal);
  if (kind === undefined) {
    const kinds = await mapper.kinds(signal);
    // A kind that a known version doesn't have is answered with nothing.
    if (kinds.some((known) => formatGroupVersion(known) === apiVersion)) return { value: new GoMap() };
    const { group, version } = parseGroupVersion(apiVersion);
    const text = `${formatGroupVersion({ group, version })}, Kind=${kindName}`;
    const reason = 'the server could not find the requested resource';
    return { problem: `unable to get apiresource from unstructured: ${text}: ${reason}` };
  }
  const path = resourcePath(kind, { namespace, ...(name === '' ? {} : { name }) });
  try {
    return { value: unstructured(await client.raw({ method: 'GET', path, signal })) };
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return { value: new GoMap() };
    if (!isStatusError(error)) throw error;
    return { problem: error.message };
  }
}

/** JSON as Kubernetes' unstructured objects have it: whole numbers are int64. */
function unstructured(value: unknown): GoValue {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return goInt64(value);
  if (Array.isArray(value)) return value.map(unstructured);
  if (typeof value === 'object' && value !== null) {
    return new GoMap(Object.entries(value).map(([key, member]) => [key, unstructured(member)]));
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** Templates may change what they get. */
function copy(value: GoValue): GoValue {
  if (Array.isArray(value)) return value.map(copy);
  return value instanceof GoMap ? new GoMap([...value].map(([key, member]) => [key, copy(member)])) : value;
}
