/**
 * An admission webhook as an author writes it: a kind, operations, and a function that says what is wrong with an object or
 * what it should be ("Dynamic Admission Control", Kubernetes documentation). Nothing is served before a manager runs.
 */
import type { PolicyRule } from '@kindred/apis/rbac/v1';
import type { Client } from '@kindred/client';
import type { Clock, FieldError, KindRef, KubeObject, LabelSelectorObject, Logger } from '@kindred/machinery';

export type WebhookOperation = 'CREATE' | 'UPDATE' | 'DELETE';

/** One request for admission. */
export interface WebhookRequest<T extends KubeObject> {
  readonly operation: WebhookOperation;
  /** The object as it is to be; for DELETE, the one that goes. Belongs to the webhook. */
  readonly object: T;
  /** The stored object, for UPDATE and DELETE. */
  readonly old: T | undefined;
  readonly name: string;
  readonly namespace: string;
  readonly user: { readonly username: string; readonly groups: readonly string[] };
  /** The write will not be stored; a webhook must have no side effects anyway. */
  readonly dryRun: boolean;
  /** As the extension, with its rights and no others. */
  readonly client: Client;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** What is wrong with an object. No errors: it is admitted. */
export interface Verdict {
  /** By the path of the field; the client reads them as it reads those of the kind's own schema. */
  readonly errors?: readonly FieldError[];
  /** Shown to the client, whatever the verdict. */
  readonly warnings?: readonly string[];
}

interface WebhookOptions<T extends KubeObject> {
  readonly kind: KindRef<T>;
  /** `plural.group` when not given; a domain of at least three parts, as denials show it. */
  readonly name?: string;
  /** CREATE and UPDATE when not given. */
  readonly operations?: readonly WebhookOperation[];
  /** What happens while the extension doesn't answer: the write fails (`Fail`, the default) or goes on (`Ignore`). */
  readonly failurePolicy?: 'Fail' | 'Ignore';
  /** 1 to 30; 10 when not given. */
  readonly timeoutSeconds?: number;
  readonly namespaceSelector?: LabelSelectorObject;
  readonly objectSelector?: LabelSelectorObject;
  /**
   * Expressions (CEL) over `object`, `oldObject` and `request` that must all be true for the webhook to be asked. The API
   * server evaluates them, so they hold while the extension doesn't answer, too.
   */
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
  /** What the function must be allowed to do with `client`. */
  readonly rules?: readonly PolicyRule[];
}

export interface ValidatingWebhookOptions<T extends KubeObject> extends WebhookOptions<T> {
  /** Throws a StatusError to refuse for a reason that is no field's. */
  validate(request: WebhookRequest<T>): Verdict | undefined | Promise<Verdict | undefined>;
}

export interface MutatingWebhookOptions<T extends KubeObject> extends WebhookOptions<T> {
  /** Ask again when another webhook changed the object afterwards; `Never` when not given. */
  readonly reinvocationPolicy?: 'Never' | 'IfNeeded';
  /** Returns the object as it should be; it may change and return the one that it was given. */
  mutate(request: WebhookRequest<T>): T | undefined | Promise<T | undefined>;
}

/** A webhook of any kind, for those who serve it. */
export type Webhook =
  | (Omit<ValidatingWebhookOptions<KubeObject>, 'kind'> & WebhookIdentity & { readonly type: 'validating' })
  | (Omit<MutatingWebhookOptions<KubeObject>, 'kind'> & WebhookIdentity & { readonly type: 'mutating' });

interface WebhookIdentity {
  readonly kind: KindRef<KubeObject>;
}

/**
 * Objects in deletion are let through unseen: what holds an object must always be able to let go of it.
 *
 * @example
 * validatingWebhook({
 *   kind: Website,
 *   validate: ({ object }) => ({
 *     errors: object.spec.gitRepo.endsWith('.git') ? [] : [invalidValue('spec.gitRepo', object.spec.gitRepo, 'must end in .git')],
 *   }),
 * })
 */
export function validatingWebhook<T extends KubeObject>(options: ValidatingWebhookOptions<T>): Webhook {
  // The server of webhooks hands to each of them objects of its own kind only.
  return { ...(options as ValidatingWebhookOptions<KubeObject>), type: 'validating' };
}

/** @example mutatingWebhook({ kind: Website, mutate: ({ object }) => ({ ...object, spec: { ...object.spec, replicas: 2 } }) }) */
export function mutatingWebhook<T extends KubeObject>(options: MutatingWebhookOptions<T>): Webhook {
  return { ...(options as MutatingWebhookOptions<KubeObject>), type: 'mutating' };
}

/** The webhook's name in its configuration. */
export function webhookName({ name, kind }: Webhook, extension: string): string {
  if (name !== undefined) return name;
  const own = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
  return own.split('.').length >= 3 ? own : `${own}.${extension}.kindred.dev`;
}
