/**
 * What an author writes of a declarative controller, and what the reconcile function is given and gives back.
 *
 * The function computes what should be from what is. It writes nothing itself: children, status and conditions that it returns
 * are applied, and what it no longer returns is taken away.
 */

import type { PolicyRule } from '@kindred/apis/rbac/v1';
import type { EventRecord, IndexFunction, InformerScope, Lister } from '@kindred/client';
import type { KindRef, KubeObject, Logger, Observed } from '@kindred/machinery';
import type { ConditionInput } from '../conditions/conditions.ts';
import type { ReconcileOutcome } from '../reconcile/reconcile-loop.ts';
import type { WatchDeclaration } from '../watch/watch.ts';

/** Names an object of another kind that an object refers to: its name in the same namespace, or its address. */
export type ReferenceTarget<T extends KubeObject> = (
  object: Observed<T>,
) => string | { readonly name: string; readonly namespace?: string } | undefined | null | false;

/** Kind and target of each reference, by the name under which `refs` has the object. */
export type References<T extends KubeObject, R extends Record<string, KubeObject>> = {
  readonly [Name in keyof R]: readonly [kind: KindRef<R[Name]>, target: ReferenceTarget<T>];
};

/** One consistent look at an object and what belongs to it. Everything in it is shared and must not be changed. */
export interface View<T extends KubeObject, R extends Record<string, KubeObject> = Record<never, KubeObject>> {
  readonly object: Observed<T>;
  /** Children of this kind: those that have the object as their controller. */
  readonly owned: <K extends KubeObject>(kind: KindRef<K>) => Observed<K>[];
  /** The objects referred to, as far as they exist. */
  readonly refs: { readonly [Name in keyof R]: Observed<R[Name]> | undefined };
  /** Reads of any kind that the controller owns, refers to or watches. */
  readonly lister: <K extends KubeObject>(kind: KindRef<K>) => Lister<K>;
  /** The time, in milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

type StatusOf<T extends KubeObject> = T extends { status?: infer S } ? NonNullable<S> : Record<string, unknown>;

/** The condition types that the kind's schema names; any string when it names none. */
type ConditionTypeOf<T extends KubeObject> =
  StatusOf<T> extends { conditions?: infer C }
    ? NonNullable<C> extends readonly { type: infer Type extends string }[]
      ? Type
      : string
    : string;

/** What should be. */
export interface Desired<T extends KubeObject> {
  /** Children, of kinds that the controller owns. Each is applied; children that exist and aren't named here are deleted. */
  readonly children?: readonly KubeObject[];
  /** The status fields that this controller keeps, except conditions. Fields left out are given up. */
  readonly status?: Partial<Omit<StatusOf<T>, 'conditions'>>;
  readonly conditions?: { readonly [Type in ConditionTypeOf<T>]?: ConditionInput };
  /** Events to record at once; conditions record their own when they change. */
  readonly events?: readonly EventRecord[];
  /** Milliseconds after which to look again although nothing has changed. */
  readonly requeueAfter?: number;
}

export type FinalizeResult = 'done' | { readonly requeueAfter: number };

export interface ControllerOptions<T extends KubeObject, R extends Record<string, KubeObject>> {
  /** Name in logs and events, and the field manager of all that it applies; `<kind>-controller` in lower case when not given. */
  readonly name?: string;
  /** Kinds of children. */
  readonly owns?: readonly KindRef<KubeObject>[];
  readonly refersTo?: References<T, R>;
  readonly watches?: readonly WatchDeclaration[];
  readonly scope?: InformerScope<T>;
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>;
  readonly concurrency?: number;
  /** Milliseconds that one reconcile may take. */
  readonly timeout?: number;
  /** Rights beyond those that follow from the rest of this declaration. */
  readonly rules?: readonly PolicyRule[];
  /** The condition that turns false when a reconcile fails; `Ready` when not given, false for none. */
  readonly errorCondition?: ConditionTypeOf<T> | false;
  readonly onOutcome?: (outcome: ReconcileOutcome, milliseconds: number) => void;
  reconcile(view: View<T, R>): Desired<T> | Promise<Desired<T>>;
  /**
   * Takes down what lies outside the cluster, before the object may go; called again until it answers `done`. While it fails,
   * the object stays. Children need nothing here: they are collected with their owner.
   */
  readonly finalize?: (view: View<T, R>) => FinalizeResult | Promise<FinalizeResult>;
  /** The finalizer's name; `<group>/<controller>` when not given. */
  readonly finalizer?: string;
}
