/**
 * The handlers of a resource without storage as the source that the API server asks.
 */
import type { SourceEvent, SourceList, SourceObject, SourceWrite, VirtualSource } from '@kindred/apiserver';
import type { Draft } from '@kindred/client';
import type { KubeObject } from '@kindred/machinery';
import type { CreateCall } from './call.ts';
import { type CallContext, callOf } from './call-of-request.ts';
import type { ListAnswer, VirtualResource } from './virtual-resource.ts';

type Verbs = Required<VirtualSource>;

/** Has functions for the verbs that have a handler. */
export function handledSource(resource: VirtualResource, context: CallContext): VirtualSource {
  return { ...readSource(resource, context), ...writeSource(resource, context) };
}

function readSource(resource: VirtualResource, context: CallContext): VirtualSource {
  const list: Verbs['list'] = async (request, wish) => {
    const answered = await resource.list?.(Object.assign(callOf(request, context), wish));
    return sourceList(answered ?? []);
  };
  const get: Verbs['get'] = async (request) => {
    const found = await resource.get?.(Object.assign(callOf(request, context), { name: request.name }));
    return found === undefined ? undefined : sourceObject(found);
  };
  const watch: Verbs['watch'] = (request, { signal, ...wish }) => {
    const events = resource.watch?.(Object.assign(callOf(request, context, signal), wish));
    // Objects of events are those of the kind, typed.
    return (events ?? none) as AsyncIterable<SourceEvent>;
  };
  return {
    ...(resource.list === undefined ? {} : { list }),
    ...(resource.get === undefined ? {} : { get }),
    ...(resource.watch === undefined ? {} : { watch }),
  };
}

function writeSource(resource: VirtualResource, context: CallContext): VirtualSource {
  const createCall = (request: Parameters<Verbs['create']>[0], write: SourceWrite): CreateCall<KubeObject> => {
    const { dryRun, fieldManager } = write.options;
    return Object.assign(callOf(request, context), { dryRun, fieldManager, object: kubeObject(write.object) });
  };
  const create: Verbs['create'] = async (request, write) => {
    const made = await resource.create?.(createCall(request, write));
    return made === undefined ? write.object : sourceObject(made);
  };
  const update: Verbs['update'] = async (request, write) => {
    const more = { name: request.name, current: kubeObject(write.current) };
    const made = await resource.update?.(Object.assign(createCall(request, write), more));
    return made === undefined ? write.object : sourceObject(made);
  };
  const remove: Verbs['delete'] = async (request, { dryRun, gracePeriodSeconds, propagationPolicy }) => {
    const more = { name: request.name, dryRun, gracePeriodSeconds, propagationPolicy };
    const left = await resource.delete?.(Object.assign(callOf(request, context), more));
    return left === undefined ? undefined : sourceObject(left);
  };
  return {
    ...(resource.create === undefined ? {} : { create }),
    ...(resource.update === undefined ? {} : { update }),
    ...(resource.delete === undefined ? {} : { delete: remove }),
  };
}

const none: AsyncIterable<SourceEvent> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

function sourceList(answered: readonly Draft<KubeObject>[] | ListAnswer<KubeObject>): SourceList {
  const answer: ListAnswer<KubeObject> = 'items' in answered ? answered : { items: answered };
  return {
    items: answer.items.map(sourceObject),
    resourceVersion: answer.resourceVersion ?? '',
    continue: answer.continue,
    remainingItemCount: answer.remainingItemCount,
  };
}

function sourceObject(object: Draft<KubeObject>): SourceObject {
  // An object is JSON, only typed.
  return object as SourceObject;
}

function kubeObject(object: SourceObject): KubeObject {
  // The API server has given it the type of its kind.
  return object as SourceObject & KubeObject;
}
