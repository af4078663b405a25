/**
 * From a resource path to the verb that answers it. What isn't served falls through to 404, wrong scopes too.
 */
import type { SubresourceDefinition } from '@kindred/apis';
import {
  type GroupResource,
  methodNotAllowed,
  methodNotSupported,
  pathNotFound,
  type StatusError,
} from '@kindred/machinery';
import type { Exchange } from '../chain/exchange.ts';
import { valueResponse } from '../negotiation/encode.ts';
import type { ApiResponse } from '../request/api-response.ts';
import type { RequestInfo } from '../request/request-info.ts';
import type { ResourceStorage } from '../storage/resource-storage.ts';
import { create } from './create.ts';
import { deleteCollection, deleteOne } from './delete.ts';
import { get } from './get.ts';
import { incomingObject } from './incoming-object.ts';
import { list } from './list.ts';
import { patch } from './patch.ts';
import type { ResourceRequest, ServedRequest, VerbParts } from './resource-request.ts';
import type { ServedKind } from './served-kind.ts';
import type { ServedResource } from './served-resource.ts';
import { bindPod, createBinding } from './subresources/binding.ts';
import { evictPod } from './subresources/eviction.ts';
import { scale } from './subresources/scale.ts';
import type { ReviewHandler, SubresourceHandler } from './subresources/subresource-handler.ts';
import { update } from './update.ts';
import { watch } from './watch.ts';
import { readWriteOptions } from './write-options.ts';

type VerbHandler = (request: ResourceRequest) => ApiResponse | Promise<ApiResponse>;

const verbs: Readonly<Record<string, VerbHandler>> = {
  get,
  list,
  watch,
  create,
  update,
  patch,
  delete: deleteOne,
  deletecollection: deleteCollection,
};

/** Answers every request for a resource that isn't kept in this server's storage. */
export type ResourceHandler = (request: ServedRequest) => ApiResponse | Promise<ApiResponse>;

export interface DispatchParts {
  readonly server: VerbParts;
  /** Resources that have a handler of their own. */
  readonly handled: ReadonlyMap<ServedKind, ResourceHandler>;
  readonly subresources: readonly SubresourceHandler[];
  readonly reviews: readonly ReviewHandler[];
}

export type Dispatch = (exchange: Exchange) => ApiResponse | Promise<ApiResponse>;

/** @throws StatusError 404 for what isn't served, 405 for verbs that the resource doesn't have. */
export function resourceDispatch({ server, handled, subresources, reviews }: DispatchParts): Dispatch {
  const handlers: SpecialHandlers = new Map();
  addHandler(handlers, '', 'pods', 'binding', bindPod);
  addHandler(handlers, '', 'bindings', '', createBinding);
  addHandler(handlers, '', 'pods', 'eviction', evictPod);
  for (const handler of subresources) {
    addHandler(handlers, handler.group, handler.resource, handler.subresource, (request) => handler.handle(request));
  }
  for (const handler of reviews) addHandler(handlers, handler.group, handler.resource, '', reviewVerb(handler));

  return function dispatch(exchange) {
    const { info } = exchange;
    const resource = server.registry.get(info.group, info.version, info.resource);
    if (resource === undefined) throw pathNotFound();
    demandScope(resource, exchange);
    if (resource.definition.deprecation !== undefined) exchange.warn(resource.definition.deprecation);
    const subresource = demandOffered(resource, exchange);
    const answer = handled.get(resource.kind);
    if (answer !== undefined) {
      exchange.served = resource;
      return answer(servedRequestOf(exchange, resource, server));
    }
    const handler = handlerOf(handlers, resource, exchange, subresource);
    exchange.served = resource;
    const opened = resource.storage();
    if (opened instanceof Promise)
      return opened.then((storage) => handler(requestOf(exchange, resource, storage, server)));
    return handler(requestOf(exchange, resource, opened, server));
  };
}

/** Who answers in place of the verbs, by the resource's plural name alone: most have nobody, and are told so by one look. */
type SpecialHandlers = Map<string, { group: string; subresource: string; handler: VerbHandler }[]>;

function addHandler(
  handlers: SpecialHandlers,
  group: string,
  resource: string,
  subresource: string,
  handler: VerbHandler,
): void {
  const others = handlers.get(resource) ?? [];
  // Found before those that were there, whose place it takes.
  handlers.set(resource, [{ group, subresource, handler }, ...others]);
}

function findHandler(
  handlers: SpecialHandlers,
  { group, resource }: GroupResource,
  subresource: string,
): VerbHandler | undefined {
  const found = handlers.get(resource)?.find((each) => each.group === group && each.subresource === subresource);
  return found?.handler;
}

/** Subresources that are other doors to the object itself; the verbs serve them. */
function isPartOfObject(subresource: string): boolean {
  return ['approval', 'ephemeralcontainers', 'finalize', 'resize', 'scale', 'status'].includes(subresource);
}

function requestOf(
  exchange: Exchange,
  resource: ServedResource,
  storage: ResourceStorage,
  server: VerbParts,
): ResourceRequest {
  const { info } = exchange;
  const namespace = resource.definition.namespaced ? info.namespace : '';
  return { exchange, resource, storage, server, namespace, name: info.name, subresource: info.subresource };
}

function servedRequestOf(exchange: Exchange, resource: ServedResource, server: VerbParts): ServedRequest {
  const { info } = exchange;
  const namespace = resource.definition.namespaced ? info.namespace : '';
  return { exchange, resource, server, namespace, name: info.name, subresource: info.subresource };
}

/**
 * Namespaced objects are found in a namespace; all namespaces together can only be listed and watched.
 *
 * @throws StatusError 404, or 405 where the lists of a built-in kind are served.
 */
function demandScope({ definition, kind }: ServedResource, { info }: Exchange): void {
  const { namespace, name, verb } = info;
  if (!definition.namespaced) {
    if (namespace !== '' && definition.resource !== 'namespaces') throw pathNotFound();
  } else if (namespace === '' && verb !== 'list' && verb !== 'watch') {
    throw name === '' && !kind.custom ? methodNotAllowed() : pathNotFound();
  }
}

/** @throws StatusError 404 for a subresource that the resource doesn't have, 405 for a verb. */
function demandOffered(served: ServedResource, { info }: Exchange): SubresourceDefinition | undefined {
  const { definition } = served;
  const subresource = definition.subresources.find(({ name }) => name === info.subresource);
  if (info.subresource !== '' && subresource === undefined) throw pathNotFound();
  const offered: readonly string[] = subresource?.verbs ?? definition.verbs;
  if (!offered.includes(info.verb) || isMisplaced(info)) throw notOffered(served, info.verb);
  return subresource;
}

function handlerOf(
  handlers: SpecialHandlers,
  served: ServedResource,
  { info }: Exchange,
  subresource: SubresourceDefinition | undefined,
): VerbHandler {
  const { definition } = served;
  const special = findHandler(handlers, served.groupResource, info.subresource);
  if (special === undefined && subresource !== undefined && !isPartOfObject(subresource.name)) throw pathNotFound();
  const handler = special ?? (info.subresource === 'scale' ? scale : verbs[info.verb]);
  // What can't be read back is never stored: without a handler of its own there is nothing to do with it.
  const isStored = definition.verbs.includes('get');
  if (handler === undefined || (special === undefined && !isStored)) throw notOffered(served, info.verb);
  return handler;
}

/** Objects are made in their collection, and changed by their name. */
function isMisplaced({ verb, name, subresource }: RequestInfo): boolean {
  if (verb === 'create') return name !== '' && subresource === '';
  return (verb === 'update' || verb === 'patch') && name === '';
}

/** Custom resources have an answer of their own. */
function notOffered({ kind, groupResource }: ServedResource, verb: string): StatusError {
  return kind.custom ? methodNotSupported(groupResource, verb) : methodNotAllowed();
}

/** `create` of a kind that is only asked: the answer comes back and nothing is stored. */
function reviewVerb(handler: ReviewHandler): VerbHandler {
  return async (request) => {
    const options = readWriteOptions('CreateOptions', request.exchange.request);
    const { object } = incomingObject(request, options, await request.exchange.request.body());
    return valueResponse(request.exchange.request, await handler.review(object, request), 201);
  };
}
