/**
 * The handlers of a subresource as the functions that the API server asks.
 */
import type {
  ServedRequest,
  SubresourceAnswer,
  SubresourceWrite,
  VirtualSubresource,
  VirtualSubresources,
} from '@kindred/apiserver';
import type { KubeObject } from '@kindred/machinery';
import type { NamedCall } from './call.ts';
import { type CallContext, callOf } from './call-of-request.ts';
import { bodyKind } from './served-kind.ts';
import type { SubresourceAnswer as Answer, Subresource, SubresourceCall } from './virtual-resource.ts';

type Verbs = Required<Omit<VirtualSubresource, 'kind'>>;

export function handledSubresources(
  subresources: Readonly<Record<string, Subresource>>,
  context: CallContext,
): VirtualSubresources {
  const entries = Object.entries(subresources);
  return Object.fromEntries(entries.map(([name, subresource]) => [name, handled(subresource, context)]));
}

function handled(subresource: Subresource, context: CallContext): VirtualSubresource {
  const named = (request: ServedRequest): NamedCall => Object.assign(callOf(request, context), { name: request.name });
  const writing = (request: ServedRequest, { object, options }: SubresourceWrite): SubresourceCall<KubeObject> => {
    const { dryRun, fieldManager } = options;
    return Object.assign(named(request), { dryRun, fieldManager, body: object });
  };
  const get: Verbs['get'] = async (request) => answerOf(await subresource.get?.(named(request)));
  const create: Verbs['create'] = async (request, write) =>
    answerOf(await subresource.create?.(writing(request, write)));
  const update: Verbs['update'] = async (request, write) =>
    answerOf(await subresource.update?.(writing(request, write)));
  const remove: Verbs['delete'] = async (request) => answerOf(await subresource.delete?.(named(request)));
  return {
    ...(subresource.kind === undefined ? {} : { kind: bodyKind(subresource.kind) }),
    ...(subresource.get === undefined ? {} : { get }),
    ...(subresource.create === undefined ? {} : { create }),
    ...(subresource.update === undefined ? {} : { update }),
    ...(subresource.delete === undefined ? {} : { delete: remove }),
  };
}

function answerOf(answer: Answer | undefined): SubresourceAnswer {
  return answer ?? {};
}
