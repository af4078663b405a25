/**
 * Reads how another cluster is reached: a kubeconfig in a Secret, or the address of a cluster that trusts the tokens of this
 * one, in a ConfigMap (Flux's provider `generic`). Providers of clouds would need their libraries and are refused.
 */
import { createHash } from 'node:crypto';
import { ConfigMap, Secret, ServiceAccount } from '@kindred/apis/core/v1';
import type { Client, ClusterConnection } from '@kindred/client';
import { type Clock, isJsonObject, isStatusError } from '@kindred/machinery';
import type { KubeConfigReference, ObjectName } from '../intent/release-intent.ts';
import { KubeConfigError } from './kube-config-error.ts';
import { selfContainedConnection } from './self-contained.ts';

export interface FoundCluster {
  /** Of all that the connection is made from. */
  readonly digest: string;
  /** What it was read from, for messages. */
  readonly what: string;
  readonly connection: ClusterConnection;
}

export interface ReadKubeConfigOptions {
  /** Of this cluster. */
  readonly client: Client;
  readonly clock: Clock;
  readonly allowInsecure: boolean;
  readonly signal: AbortSignal;
}

/** Where Flux and Cluster API put it. */
const KEYS = ['value', 'value.yaml'];

/** @throws KubeConfigError */
export function readKubeConfig(reference: KubeConfigReference, options: ReadKubeConfigOptions): Promise<FoundCluster> {
  return reference.kind === 'Secret' ? fromSecret(reference, options) : fromConfigMap(reference, options);
}

async function fromSecret(
  { object, key }: KubeConfigReference,
  { client, allowInsecure, signal }: ReadKubeConfigOptions,
): Promise<FoundCluster> {
  const name = `Secret ${object.namespace}/${object.name}`;
  const { data = {} } = await client.get(Secret, object, { signal }).catch(missing(name));
  const found = (key === undefined ? KEYS : [key]).find((each) => data[each] !== undefined);
  if (found === undefined) throw new KubeConfigError(`${name} has no key ${key ?? KEYS.join(' or ')}`);
  const text = Buffer.from(data[found] ?? '', 'base64').toString();
  const what = `key ${found} of ${name}`;
  return { digest: digestOf([text]), what, connection: selfContainedConnection(text, { what, allowInsecure }) };
}

async function fromConfigMap({ object }: KubeConfigReference, options: ReadKubeConfigOptions): Promise<FoundCluster> {
  const what = `ConfigMap ${object.namespace}/${object.name}`;
  const { client, signal } = options;
  const { data = {} } = await client.get(ConfigMap, object, { signal }).catch(missing(what));
  const { provider = '', address, audiences, serviceAccountName, 'ca.crt': ca } = data;
  if (provider !== 'generic') {
    throw new KubeConfigError(`${what} asks for the provider "${provider}"; only generic is known`);
  }
  if (!address) throw new KubeConfigError(`${what} has no address`);
  if (!serviceAccountName) {
    throw new KubeConfigError(`${what} has no serviceAccountName; the controller's own tokens are not sent to others`);
  }
  const server = address.includes('://') ? address : `https://${address}`;
  if (!server.startsWith('https://')) throw new KubeConfigError(`the address in ${what} must be one of https`);
  const wanted = (audiences ?? '').split('\n').map((line) => line.trim());
  const list = wanted.filter((line) => line !== '');
  return {
    digest: digestOf([object.namespace, serviceAccountName, address, ca ?? '', audiences ?? '']),
    what,
    connection: {
      server,
      namespace: 'default',
      ...(ca === undefined ? {} : { tls: () => Promise.resolve({ ca }) }),
      token: accountToken(
        { namespace: object.namespace, name: serviceAccountName },
        list.length > 0 ? list : [address],
        options,
      ),
    },
  };
}

/** In seconds; the least that a server gives. */
const TOKEN_LIFETIME = 600;

/** Tokens of a service account, each used for most of its life. */
function accountToken(
  account: ObjectName,
  audiences: readonly string[],
  { client, clock }: ReadKubeConfigOptions,
): () => Promise<string> {
  let token = '';
  let freshUntil = Number.NEGATIVE_INFINITY;
  return async () => {
    if (clock.now() < freshUntil) return token;
    const asked = clock.now();
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences, expirationSeconds: TOKEN_LIFETIME },
    };
    const name = `ServiceAccount ${account.namespace}/${account.name}`;
    const given: unknown = await client
      .createSubresource(ServiceAccount, { ...account, subresource: 'token' }, body)
      .catch(missing(name));
    const status = isJsonObject(given) ? given['status'] : undefined;
    if (!isJsonObject(status) || typeof status['token'] !== 'string') throw new KubeConfigError(`${name} got no token`);
    token = status['token'];
    freshUntil = asked + TOKEN_LIFETIME * 800;
    return token;
  };
}

function missing(what: string): (error: unknown) => never {
  return (error) => {
    throw isStatusError(error, 'NotFound') ? new KubeConfigError(`${what} is not there`, { cause: error }) : error;
  };
}

function digestOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
