/**
 * The verbs of a resource without storage, which are those that its source has functions for.
 */
import type { SubresourceDefinition, Verb } from '@kindred/apis';
import { methodNotSupported } from '@kindred/machinery';
import type { ApiResponse } from '../request/api-response.ts';
import type { ServedRequest } from '../resources/resource-request.ts';
import { deleteCollectionVirtual, deleteVirtual } from './delete-virtual.ts';
import { getVirtual, listVirtual } from './read-virtual.ts';
import type { VirtualSource } from './virtual-source.ts';
import { answerSubresource, type VirtualSubresource } from './virtual-subresource.ts';
import { watchVirtual } from './watch-virtual.ts';
import { createVirtual, patchVirtual, updateVirtual } from './write-virtual.ts';

export type VirtualSubresources = Readonly<Record<string, VirtualSubresource>>;

type Answer = (request: ServedRequest) => Promise<ApiResponse>;

/** The verbs that the source has functions for, in the order of discovery. */
export function verbsOfSource(source: VirtualSource): Verb[] {
  return [...answersOf(source).keys()];
}

/** What discovery shows of the subresources. */
export function subresourceDefinitions(subresources: VirtualSubresources): SubresourceDefinition[] {
  return Object.entries(subresources).map(([name, subresource]) => {
    const { kind, get, create, update, delete: remove } = subresource;
    const verbs: (Verb | false)[] = [
      create !== undefined && 'create',
      remove !== undefined && 'delete',
      get !== undefined && 'get',
      get !== undefined && update !== undefined && 'patch',
      update !== undefined && 'update',
    ];
    const definition = kind?.definition;
    return {
      name,
      verbs: verbs.filter((verb) => verb !== false),
      ...(definition === undefined
        ? {}
        : { kind: { group: definition.group, version: definition.version, kind: definition.kind } }),
    };
  });
}

/**
 * Answers every request for the resource and its subresources.
 *
 * @returns a function that throws StatusErrors
 */
export function virtualResource(source: VirtualSource, subresources: VirtualSubresources): Answer {
  const answers: ReadonlyMap<string, Answer> = answersOf(source);
  return (request) => {
    const subresource = subresources[request.subresource];
    if (subresource !== undefined) return answerSubresource(request, subresource);
    const { verb } = request.exchange.info;
    const answer = answers.get(verb);
    if (answer === undefined) throw methodNotSupported(request.resource.groupResource, verb);
    return answer(request);
  };
}

function answersOf(source: VirtualSource): Map<Verb, Answer> {
  const { get, list, watch, create, update, delete: remove } = source;
  const answers = new Map<Verb, Answer>();
  if (remove !== undefined) {
    answers.set('delete', (request) => deleteVirtual(request, { ...source, delete: remove }));
    if (list !== undefined)
      answers.set('deletecollection', (request) =>
        deleteCollectionVirtual(request, { ...source, delete: remove, list }),
      );
  }
  if (get !== undefined) answers.set('get', (request) => getVirtual(request, get));
  if (list !== undefined) answers.set('list', (request) => listVirtual(request, list));
  if (get !== undefined && update !== undefined)
    answers.set('patch', (request) => patchVirtual(request, { ...source, get, update }));
  if (create !== undefined) answers.set('create', (request) => createVirtual(request, create));
  if (get !== undefined && update !== undefined)
    answers.set('update', (request) => updateVirtual(request, { ...source, get, update }));
  if (watch !== undefined) answers.set('watch', (request) => watchVirtual(request, { ...source, watch }));
  return answers;
}
