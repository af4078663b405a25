/**
 * Admission: plugins that may change or refuse a write after it was authorized ("Admission Control in Kubernetes").
 *
 * All plugins `admit` in order (they may change `object` in place), then the mutating webhooks, then the object is validated,
 * then all plugins `validate`, and the validating webhooks at last. A plugin refuses by throwing a StatusError, most often
 * `forbidden`.
 */
import type { GroupVersionKind, GroupVersionResource, Unstructured } from '@kindred/machinery';
import type { UserInfo } from '../authentication/user-info.ts';
import type { ServedResource } from '../resources/served-resource.ts';

export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** A subresource whose requests are about an object of a kind of its own: a Scale, a Binding. */
export interface SubresourceForm {
  readonly kind: GroupVersionKind;
  /** The request's object, made of the one that it changes. */
  view(object: Unstructured): Unstructured;
  /** Carries what a webhook made of the request's object over, in place. */
  accept(object: Unstructured, form: Unstructured): void;
}

export interface AdmissionAttributes {
  readonly operation: AdmissionOperation;
  readonly user: UserInfo;
  readonly resource: GroupVersionResource;
  readonly kind: GroupVersionKind;
  /** What the request's path names, and the version of it that `object` and `oldObject` are in. */
  readonly requested: ServedResource;
  readonly working: ServedResource;
  /** How webhooks see the objects, when not as they are. */
  readonly form?: SubresourceForm | undefined;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  /** Empty when the server is about to generate it. */
  readonly name: string;
  readonly subresource: string;
  /** The new object; undefined for DELETE. `admit` may change it in place. */
  readonly object: Unstructured | undefined;
  /** The object as it is stored, for UPDATE and DELETE; never to be changed. */
  readonly oldObject: Unstructured | undefined;
  /** CreateOptions, UpdateOptions, PatchOptions or DeleteOptions of the request. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly dryRun: boolean;
  /** Adds a text to the response's `Warning` headers. */
  warn(text: string): void;
  /** Calls back once when the write is over: stored, or refused by somebody after this plugin. */
  onSettled(listener: () => void): void;
}

export interface AdmissionPlugin {
  /** As in the documentation: `NamespaceLifecycle`, `ServiceAccount`. */
  readonly name: string;
  readonly operations: readonly AdmissionOperation[];
  /** Whether the plugin looks at such objects at all, which it is asked once; absent means all. */
  handles?(group: string, resource: string, subresource: string): boolean;
  admit?(attributes: AdmissionAttributes): void | Promise<void>;
  validate?(attributes: AdmissionAttributes): void | Promise<void>;
}
