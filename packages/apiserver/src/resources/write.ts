/**
 * A write on its way: the object that is to be stored and everything that the steps of `create-object.ts` and
 * `update-object.ts` need to know about the request.
 */
import type { Unstructured } from '@kindred/machinery';
import type { AdmissionAttributes, SubresourceForm } from '../admission/plugin.ts';
import type { WriteOptions as StorageOptions } from '../storage/resource-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { AsSent } from './incoming-object.ts';
import type { ResourceRequest } from './resource-request.ts';
import type { ServedKind } from './served-kind.ts';
import type { ServedResource } from './served-resource.ts';
import { optionsObject, type WriteOptions } from './write-options.ts';

export interface Write {
  readonly request: ResourceRequest;
  readonly options: WriteOptions;
  /** The version that the object is in; see `workingResource`. */
  readonly working: ServedResource;
  /** The new object. Owned by this write until it is stored. */
  readonly object: Unstructured;
  /** The stored object that an update replaces; absent on create. */
  readonly current?: { readonly stored: StoredObject; readonly object: Unstructured };
  /** Fields of this write belong to this subresource's managers. */
  readonly subresource: string;
  /** The server itself made the change: prepareForUpdate would only undo it. */
  readonly madeByServer: boolean;
  /** See `AsSent`; whatever changes the object's spec takes it away. */
  asSent?: AsSent | undefined;
  /** Server-side apply has settled the managed fields already. */
  readonly applied: boolean;
  /** What admission is told of it, where that is not the object itself; see `Change`. */
  readonly form?: SubresourceForm | undefined;
  readonly operation?: 'CREATE' | undefined;
  /** Called when the write is over, whatever came of it. */
  readonly settled: (() => void)[];
}

/** What came of a write. */
export type Written =
  /** What is stored now. Nobody decodes it who doesn't need to. */
  | { readonly stored: StoredObject; readonly object?: undefined; readonly deleted?: undefined }
  /**
   * In the working version, and not in the store: the outcome of a dry run, or the last state of an object in deletion
   * (`deleted`) whose last finalizer this write took.
   */
  | { readonly stored?: undefined; readonly object: Unstructured; readonly deleted?: boolean };

/** A step of a write: changes `write.object` in place, or refuses by throwing. */
export type WriteStep = (write: Write) => void | Promise<void>;

/** Runs the steps in order, waiting only where a step has something to wait for; undefined when none had. */
export function runWriteSteps(steps: readonly WriteStep[], write: Write, first = 0): Promise<void> | undefined {
  for (let index = first; index < steps.length; index++) {
    const pending = steps[index]?.(write);
    if (pending instanceof Promise) return pending.then(() => runWriteSteps(steps, write, index + 1));
  }
  return undefined;
}

/** How long storage keeps what is written. */
export function lifetimeOf({ ttlSeconds }: ServedKind): StorageOptions {
  return ttlSeconds === undefined ? {} : { ttlSeconds };
}

/** What admission plugins see of a write. */
export function admissionAttributes(write: Write): AdmissionAttributes {
  const { request, working, object, current, options, settled } = write;
  const { group, version, kind, resource } = working.definition;
  return {
    operation: write.operation ?? (current === undefined ? 'CREATE' : 'UPDATE'),
    user: request.exchange.user,
    resource: { group, version, resource },
    kind: { group, version, kind },
    requested: request.resource,
    working,
    form: write.form,
    namespace: request.namespace,
    name: request.name === '' ? (object.metadata.name ?? '') : request.name,
    subresource: request.subresource,
    object,
    oldObject: current?.object,
    options: optionsObject(options),
    dryRun: options.dryRun,
    warn: (text) => request.exchange.warn(text),
    onSettled: (listener) => void settled.push(listener),
  };
}

/** Tells those who asked for it that the write is over. */
export function settle({ settled }: Write): void {
  for (const listener of settled.splice(0)) listener();
}
