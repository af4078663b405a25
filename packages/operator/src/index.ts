export type { JsonLoggerOptions, LogFields, Logger } from '@kindred/machinery';
export { createJsonLogger, silentLogger } from '@kindred/machinery';
export type { Condition, CustomKind, CustomObject, CustomObjectInput, Input, ObservedOf } from '@kindred/schema';
export { defineFlatKind, defineKind, s } from '@kindred/schema';
export type {
  ConditionChange,
  ConditionInput,
  ConditionState,
  ConditionTuple,
} from './conditions/conditions.ts';
export { conditionsOf, findCondition, isConditionTrue, nextConditions } from './conditions/conditions.ts';
export { child } from './controller/children.ts';
export { controller } from './controller/controller.ts';
export type {
  ControllerOptions,
  Desired,
  FinalizeResult,
  References,
  ReferenceTarget,
  View,
} from './controller/declaration.ts';
export type { Extension, ExtensionImage, ExtensionOptions } from './extension/extension.ts';
export { clusterRoleOf, defineExtension } from './extension/extension.ts';
export type { ExtensionApiServer, ServedGroupVersion } from './extension/extension-api-server.ts';
export { API_SERVER_PROCESS_LABEL } from './extension/extension-api-server.ts';
export type { InstallOptions } from './extension/install.ts';
export { installKinds } from './extension/install.ts';
export type { FinalizerOptions } from './finalizers/finalizers.ts';
export { addFinalizer, hasFinalizer, removeFinalizer } from './finalizers/finalizers.ts';
export type { ImperativeOptions, ReconcileContext } from './imperative/imperative.ts';
export { imperative } from './imperative/imperative.ts';
export type { LeaderElection, Manager, ManagerOptions } from './manager/manager.ts';
export { createManager } from './manager/manager.ts';
export type { ManagerContext, Runnable, RunningPart } from './manager/runnable.ts';
export {
  AlreadyOwnedError,
  controllerOf,
  controllerRef,
  isControlledBy,
  refersToKind,
  withControllerRef,
} from './owner-references/controller-ref.ts';
export type { AddOptions, WorkItem, WorkQueueOptions } from './queue/work-queue.ts';
export { initialListPriority, WorkQueue } from './queue/work-queue.ts';
export type { DelegationBindings, DelegationSubject } from './rbac/delegation.ts';
export { delegationBindings } from './rbac/delegation.ts';
export { eventRules, leaseRules, mergeRules, ownRules, primaryRules, readRules } from './rbac/rules.ts';
export type { ReconcileOutcome } from './reconcile/reconcile-loop.ts';
export type { ReconcileResult } from './reconcile/reconcile-result.ts';
export { TerminalError } from './reconcile/reconcile-result.ts';
export { generationChanged, intentChanged } from './watch/predicates.ts';
export type { Enqueue, Mapper, MapperContext, WatchDeclaration, WatchOptions } from './watch/watch.ts';
export { everyPrimary, ownerOf, sameName, watch } from './watch/watch.ts';
export type {
  MutatingWebhookOptions,
  ValidatingWebhookOptions,
  Verdict,
  Webhook,
  WebhookOperation,
  WebhookRequest,
} from './webhook/webhook.ts';
export { mutatingWebhook, validatingWebhook } from './webhook/webhook.ts';
export { PROCESS_LABEL } from './webhook/webhook-configuration.ts';
export { type WebhookServerOptions, webhookServer } from './webhook/webhook-server.ts';
