/**
 * Impersonation: a user who may acts as another one ("User impersonation", Kubernetes documentation). Each name that the
 * headers give is a question to the authorizer of its own, with verb `impersonate`.
 */
import { badRequest } from '@kindred/machinery';
import { anonymousUser, type UserInfo } from '../authentication/user-info.ts';
import type { AuthorizationAttributes, Authorizer } from '../authorization/authorizer.ts';
import { headerList, unescapedKey } from '../request/header-values.ts';
import { denied } from './authorize.ts';
import type { Exchange } from './exchange.ts';

type Headers = Exchange['request']['headers'];

const extraPrefix = 'impersonate-extra-';
const serviceAccount = /^system:serviceaccount:([^:]+):([^:]+)$/;

/**
 * Makes the exchange that of the impersonated user, when the headers ask for it.
 *
 * @throws StatusError 400 for headers that name no user, 403 when the user may not.
 */
export function impersonate(authorizer: Authorizer, exchange: Exchange): void | Promise<void> {
  const { headers } = exchange.request;
  const username = headers['impersonate-user'];
  if (username !== undefined && username !== '') return becomeUser(authorizer, exchange, username);
  if (headers['impersonate-group'] !== undefined || headers['impersonate-uid'] !== undefined || hasExtra(headers)) {
    throw badRequest('requested groups, uid or extra of another user without Impersonate-User');
  }
}

async function becomeUser(authorizer: Authorizer, exchange: Exchange, username: string): Promise<void> {
  const { headers } = exchange.request;
  const groups = headerList(headers['impersonate-group']);
  const uid = headers['impersonate-uid'] ?? '';
  const extra = extraOf(headers);
  const questions = [
    userQuestion(username),
    ...groups.map((name) => ({ resource: 'groups', name })),
    ...(uid === '' ? [] : [{ apiGroup: 'authentication.k8s.io', resource: 'uids', name: uid }]),
    ...Object.entries(extra).flatMap(([subresource, values]) =>
      values.map((name) => ({ apiGroup: 'authentication.k8s.io', resource: 'userextras', subresource, name })),
    ),
  ];
  for (const question of questions) {
    const attributes = { ...blank, ...question, user: exchange.user };
    const decision = await authorizer.authorize(attributes);
    if (decision.decision !== 'allow') throw denied(attributes, decision.reason ?? '');
  }
  exchange.user = userOf(username, groups, uid, extra);
}

const blank: Omit<AuthorizationAttributes, 'user'> = {
  verb: 'impersonate',
  isResourceRequest: true,
  apiGroup: '',
  apiVersion: 'v1',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  path: '',
};

function userQuestion(username: string): { resource: string; name: string; namespace?: string } {
  const [, namespace, name] = serviceAccount.exec(username) ?? [];
  if (namespace === undefined || name === undefined) return { resource: 'users', name: username };
  return { resource: 'serviceaccounts', namespace, name };
}

function userOf(
  username: string,
  groups: readonly string[],
  uid: string,
  extra: Readonly<Record<string, readonly string[]>>,
): UserInfo {
  const [, namespace] = serviceAccount.exec(username) ?? [];
  const implied =
    groups.length > 0 || namespace === undefined
      ? []
      : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  const base = username === anonymousUser.username ? 'system:unauthenticated' : 'system:authenticated';
  return {
    username,
    groups: [...new Set([...groups, ...implied, base])],
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function hasExtra(headers: Headers): boolean {
  return Object.keys(headers).some((name) => name.startsWith(extraPrefix));
}

function extraOf(headers: Headers): Record<string, readonly string[]> {
  const extra: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(extraPrefix)) continue;
    extra[unescapedKey(name.slice(extraPrefix.length))] = headerList(value);
  }
  return extra;
}
