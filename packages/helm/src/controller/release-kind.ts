/** What tells the kinds apart that releases are made for; the controller is the same for all. */
import type { Lister } from '@kindred/client';
import type { KindRef, KubeObject } from '@kindred/machinery';
import type { ReleaseIntent, Translation } from './intent/release-intent.ts';
import type { ReleaseObject } from './reconcile/release-object.ts';
import type { Conditions } from './reconcile/status-writer.ts';

/** The parts of an intent that need no other object. */
export type ReleaseIdentity = Pick<
  ReleaseIntent,
  | 'releaseName'
  | 'targetNamespace'
  | 'storageNamespace'
  | 'dependsOn'
  | 'suspend'
  | 'serviceAccountName'
  | 'kubeConfig'
  | 'freshDiscovery'
  | 'healthChecks'
  | 'uninstall'
>;

/** Another kind whose objects are looked up to translate one. */
interface ReferredKind {
  readonly kind: KindRef<KubeObject>;
  /** Which changes of it count; those of intent when not given. */
  readonly predicate?: () => boolean;
}

export interface ReleaseKind {
  readonly kind: KindRef<ReleaseObject>;
  /** Of the controller, in events and managed fields. */
  readonly name: string;
  readonly finalizer: string;
  readonly refersTo: readonly ReferredKind[];
  identityOf(object: ReleaseObject): ReleaseIdentity;
  translate(
    object: ReleaseObject,
    lister: <K extends KubeObject>(kind: KindRef<K>) => Pick<Lister<K>, 'get'>,
  ): Translation;
  /** The conditions in the kind's own words. */
  conditionsOf(conditions: Conditions): Conditions;
}
