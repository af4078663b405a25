/**
 * `serviceaccounts/token`: makes a token for a service account (TokenRequest, `authentication.k8s.io/v1`), bound to a pod,
 * secret or node when asked to.
 */
import type { FieldError, Unstructured } from '@kindred/machinery';
import {
  conflict,
  formatTime,
  invalid,
  invalidValue,
  isJsonObject,
  notFound,
  notSupported,
  tooMany,
} from '@kindred/machinery';
import type { TokenIssuer, TokenSpec } from '../authentication/service-account/token-issuer.ts';
import { valueResponse } from '../negotiation/encode.ts';
import { bodyObject } from '../resources/body-object.ts';
import type { ResourceRequest } from '../resources/resource-request.ts';
import { admitSubresource } from '../resources/subresources/admit-subresource.ts';
import type { SubresourceHandler } from '../resources/subresources/subresource-handler.ts';

const shortestLifetime = 600;
const defaultLifetime = 3600;
/** Tokens live at most a day, so that a forgotten one does not live for ever. Asking for more is granted so much. */
const longestLifetime = 86_400;

const tokenRequestKind = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' } as const;
const boundResources = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' } as const;

export function serviceAccountToken(issuer: TokenIssuer): SubresourceHandler {
  return {
    group: '',
    resource: 'serviceaccounts',
    subresource: 'token',
    async handle(request) {
      const object = await bodyObject(request, tokenRequestKind);
      const { namespace, name } = request;
      const account = request.storage.get(namespace, name);
      if (account === undefined) throw notFound({ group: '', resource: 'serviceaccounts' }, name);
      await admitSubresource(request, object, { dryRun: false });
      const spec = await tokenSpec(request, object, issuer, { name, uid: account.object.metadata.uid ?? '' });
      const { token, expires } = await issuer.issue(spec);
      const expirationTimestamp = formatTime(expires);
      const answer = {
        ...object,
        metadata: {
          name,
          namespace,
          creationTimestamp: formatTime(request.server.clock.now()),
        },
        spec: { ...specOf(object), audiences: spec.audiences, expirationSeconds: spec.lifetime },
        status: { token, expirationTimestamp },
      };
      return valueResponse(request.exchange.request, answer, 201);
    },
  };
}

async function tokenSpec(
  request: ResourceRequest,
  object: Unstructured,
  issuer: TokenIssuer,
  serviceAccount: TokenSpec['serviceAccount'],
): Promise<TokenSpec> {
  const { audiences, expirationSeconds = defaultLifetime, boundObjectRef } = specOf(object);
  const asked = Array.isArray(audiences) ? audiences.filter((item) => typeof item === 'string') : [];
  const errors = checkSpec(asked, expirationSeconds);
  if (errors.length > 0) {
    throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, request.name, errors);
  }
  return {
    namespace: request.namespace,
    serviceAccount,
    audiences: asked.length > 0 ? asked : [issuer.issuer],
    lifetime: Math.min(Number(expirationSeconds), longestLifetime),
    ...(isJsonObject(boundObjectRef) ? await boundTo(request, boundObjectRef) : {}),
  };
}

function checkSpec(audiences: readonly string[], lifetime: unknown): FieldError[] {
  const errors: FieldError[] = [];
  if (audiences.length > 64) errors.push(tooMany('spec.audiences', audiences.length, 64));
  if (typeof lifetime !== 'number' || lifetime < shortestLifetime) {
    errors.push(invalidValue('spec.expirationSeconds', lifetime, 'may not specify a duration less than 10 minutes'));
  }
  return errors;
}

/** Checks that the object is there, with the uid that the request names, and finds the node of a pod. */
async function boundTo(
  { server, namespace, name }: ResourceRequest,
  reference: Readonly<Record<string, unknown>>,
): Promise<Pick<TokenSpec, 'boundTo' | 'node'>> {
  const { kind } = reference;
  const boundName = text(reference['name']);
  const uid = text(reference['uid']);
  if (kind !== 'Pod' && kind !== 'Secret' && kind !== 'Node') {
    const error = notSupported('spec.boundObjectRef.kind', kind, Object.keys(boundResources));
    throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, name, [error]);
  }
  const resource = boundResources[kind];
  const storage = await server.apiStorage.open('', resource);
  const stored = storage.get(kind === 'Node' ? '' : namespace, boundName);
  if (stored === undefined) throw notFound({ group: '', resource }, boundName);
  const foundUid = stored.object.metadata.uid ?? '';
  if (uid !== '' && uid !== foundUid) {
    const detail = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw conflict({ group: '', resource }, boundName, detail);
  }
  const bound: TokenSpec['boundTo'] = { kind, name: boundName, uid: foundUid };
  const node = kind === 'Pod' ? await nodeOf(server, stored.object) : undefined;
  return { boundTo: bound, ...(node === undefined ? {} : { node }) };
}

async function nodeOf({ apiStorage }: ResourceRequest['server'], pod: Unstructured): Promise<TokenSpec['node']> {
  const spec = pod['spec'];
  const nodeName = isJsonObject(spec) ? spec['nodeName'] : undefined;
  if (typeof nodeName !== 'string' || nodeName === '') return undefined;
  const nodes = await apiStorage.open('', 'nodes');
  const uid = nodes.get('', nodeName)?.object.metadata.uid;
  return uid === undefined ? undefined : { name: nodeName, uid };
}

function specOf(object: Unstructured): Readonly<Record<string, unknown>> {
  return isJsonObject(object['spec']) ? object['spec'] : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
