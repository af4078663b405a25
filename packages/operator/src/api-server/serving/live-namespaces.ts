/**
 * New objects only in namespaces that exist and aren't going away, as in the cluster's own API server (NamespaceLifecycle):
 * what is stored here must end with its namespace.
 */

import { Namespace } from '@kindred/apis/core/v1';
import { type AdmissionAttributes, type AdmissionPlugin, namespaceTerminating } from '@kindred/apiserver';
import type { Client, Informer, InformerFactory } from '@kindred/client';
import { isStatusError, notFound, type Observed } from '@kindred/machinery';

export class LiveNamespaces {
  readonly #informer: Informer<Namespace>;
  readonly #client: Client;

  constructor(informers: InformerFactory, client: Client) {
    this.#informer = informers.informer(Namespace);
    this.#client = client;
  }

  readonly admission: AdmissionPlugin = {
    name: 'NamespaceLifecycle',
    operations: ['CREATE'],
    validate: (attributes) => (attributes.namespace === '' ? undefined : this.#demandLive(attributes)),
  };

  async #demandLive({ namespace, resource, name }: AdmissionAttributes): Promise<void> {
    // One that was made just now may not have been heard of yet.
    const found = this.#informer.lister.get({ name: namespace }) ?? (await this.#ask(namespace));
    if (found.metadata.deletionTimestamp === undefined) return;
    throw namespaceTerminating(resource, name, namespace);
  }

  async #ask(namespace: string): Promise<Observed<Namespace>> {
    try {
      return await this.#client.get(Namespace, { name: namespace });
    } catch (error) {
      if (isStatusError(error, 'NotFound')) throw notFound({ group: '', resource: 'namespaces' }, namespace);
      throw error;
    }
  }
}
