/**
 * Whom a custom API server believes: what the cluster's API server says in the ConfigMap
 * `kube-system/extension-apiserver-authentication` ("Configure the Aggregation Layer", Kubernetes documentation), followed
 * as it changes.
 */

import { ConfigMap } from '@kindred/apis/core/v1';
import type { RequestHeaderSettings } from '@kindred/apiserver';
import type { Informer, InformerFactory } from '@kindred/client';
import type { Logger } from '@kindred/machinery';

const at = { namespace: 'kube-system', name: 'extension-apiserver-authentication' };

export interface DelegatedAuthentication {
  /** PEM; signs client certificates of the cluster's users. Undefined: nobody's. */
  readonly clientCa: string | undefined;
  /** PEM; signs client certificates of front proxies. Undefined: no headers are believed. */
  readonly frontProxyCa: string | undefined;
  readonly headers: RequestHeaderSettings;
}

/** Before the ConfigMap is there: nobody is believed. */
const nobody: DelegatedAuthentication = {
  clientCa: undefined,
  frontProxyCa: undefined,
  headers: { allowedNames: [], usernameHeaders: [], uidHeaders: [], groupHeaders: [], extraHeaderPrefixes: [] },
};

/** Reads the ConfigMap's data. @throws SyntaxError that names the key which is no list of texts */
export function delegatedAuthentication(data: Readonly<Record<string, string>>): DelegatedAuthentication {
  const list = (name: string): string[] => listOf(`requestheader-${name}`, data[`requestheader-${name}`]);
  return {
    clientCa: data['client-ca-file'] || undefined,
    frontProxyCa: data['requestheader-client-ca-file'] || undefined,
    headers: {
      allowedNames: list('allowed-names'),
      usernameHeaders: list('username-headers'),
      uidHeaders: list('uid-headers'),
      groupHeaders: list('group-headers'),
      extraHeaderPrefixes: list('extra-headers-prefix'),
    },
  };
}

function listOf(key: string, text: string | undefined): string[] {
  if (text === undefined || text === '') return [];
  const value: unknown = JSON.parse(text);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new SyntaxError(`${key} is not a list of texts`);
}

/** Follows the ConfigMap. */
export class AuthenticationWatch {
  readonly #informer: Informer<ConfigMap>;
  readonly #logger: Logger;
  readonly #changed: () => void;
  #current = nobody;

  /** @param changed told after each change */
  constructor(informers: InformerFactory, logger: Logger, changed: () => void) {
    this.#logger = logger;
    this.#changed = changed;
    const { namespace, name } = at;
    this.#informer = informers.informer(ConfigMap, { namespace, fieldSelector: `metadata.name=${name}` });
    this.#informer.addHandler({
      added: ({ data }) => this.#read(data),
      updated: ({ data }) => this.#read(data),
      deleted: () => this.#read({}),
    });
  }

  get current(): DelegatedAuthentication {
    return this.#current;
  }

  /** For health: undefined when requests that the API server forwards are believed. */
  problem(): string | undefined {
    if (!this.#informer.hasSynced) return 'the ConfigMap has not been read yet';
    return this.#current.frontProxyCa === undefined ? `${at.namespace}/${at.name} names no authority` : undefined;
  }

  #read(data: Readonly<Record<string, string>> = {}): void {
    try {
      this.#current = delegatedAuthentication(data);
      this.#changed();
    } catch (error) {
      // What was believed before stays.
      this.#logger.error('The ConfigMap of delegated authentication cannot be read', error, at);
    }
  }
}
