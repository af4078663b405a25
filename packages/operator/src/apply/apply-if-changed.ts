/**
 * Server-side apply that writes nothing when nothing would change: the rule that makes a controller's steady state silent.
 *
 * An intent is in place when the object has its values and the manager owns exactly its fields. Where the server stores a
 * value in another form (a quantity `0.5` as `500m`), the form of the last answer is remembered.
 */
import { createHash } from 'node:crypto';
import type { ApplyIntent, Client } from '@kindred/client';
import type { KindRef, KubeObject, Observed } from '@kindred/machinery';
import { includes } from './includes.ts';
import { appliedFields, namesSameFields } from './managed-fields.ts';

interface AppliedForm {
  readonly intent: string;
  readonly answer: string;
}

/** Forms that the server gave to intents, by the object's uid and subresource. One for each controller. */
export type AppliedForms = Map<string, AppliedForm>;

export interface ApplyTarget<T extends KubeObject> {
  readonly client: Client;
  readonly kind: KindRef<T>;
  readonly manager: string;
  readonly subresource?: 'status';
  readonly forms: AppliedForms;
  readonly signal?: AbortSignal;
}

/** Objects beyond this many lose their remembered form first; they are applied once more then. */
const mostForms = 10_000;

/**
 * Applies the intent, by force: a controller that declares a field is the authority on it. Returns the object as it is then,
 * or undefined when nothing had to be written.
 */
export async function applyIfChanged<T extends KubeObject>(
  observed: Observed<T> | undefined,
  intent: ApplyIntent,
  { client, kind, manager, subresource, forms, signal }: ApplyTarget<T>,
): Promise<Observed<T> | undefined> {
  const wanted = digest(intent);
  if (observed !== undefined && isInPlace(observed, intent, { manager, subresource, forms, wanted })) return undefined;
  const options = { fieldManager: manager, force: true, subresource, signal };
  const answer = await client.apply(kind, intent, options);
  const key = formKey(answer, subresource);
  forms.delete(key);
  forms.set(key, { intent: wanted, answer: digest(contentOf(answer, subresource)) });
  if (forms.size > mostForms) forgetOldest(forms);
  return answer;
}

interface PlaceContext {
  readonly manager: string;
  readonly subresource: 'status' | undefined;
  readonly forms: AppliedForms;
  readonly wanted: string;
}

function isInPlace(observed: Observed<KubeObject>, intent: ApplyIntent, context: PlaceContext): boolean {
  const { manager, subresource, forms, wanted } = context;
  const form = forms.get(formKey(observed, subresource));
  if (form?.intent === wanted && form.answer === digest(contentOf(observed, subresource))) return true;
  const fields = appliedFields(observed, manager, subresource ?? '');
  if (fields === undefined) return false;
  return includes(observed, intent) && namesSameFields(withoutIdentity(intent), fields);
}

/** What identifies an object is in each intent and owned by nobody. */
function withoutIdentity(intent: ApplyIntent): object {
  const { apiVersion: _, kind: __, metadata, ...rest } = intent;
  const { name: ___, namespace: ____, ...owned } = metadata;
  return Object.keys(owned).length === 0 ? rest : { ...rest, metadata: owned };
}

/** The part of an object that an intent of this subresource can be about, without what changes by itself. */
function contentOf(object: KubeObject, subresource: 'status' | undefined): unknown {
  if (subresource === 'status') return (object as { readonly status?: unknown }).status;
  const { metadata, status: _, ...rest } = object as KubeObject & { readonly status?: unknown };
  const { labels, annotations, ownerReferences, finalizers } = metadata;
  return { ...rest, metadata: { labels, annotations, ownerReferences, finalizers } };
}

function formKey({ metadata }: Observed<KubeObject>, subresource: string | undefined): string {
  return `${metadata.uid}/${subresource ?? ''}`;
}

function digest(value: unknown): string {
  return createHash('sha1')
    .update(JSON.stringify(value) ?? '')
    .digest('base64');
}

function forgetOldest(forms: AppliedForms): void {
  const oldest = forms.keys().next();
  if (!oldest.done) forms.delete(oldest.value);
}
