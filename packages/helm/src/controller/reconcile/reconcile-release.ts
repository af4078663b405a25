/**
 * One reconcile of a release: looks at what is wanted and what is there, does what `decide` says until nothing is left, and
 * says in the status how it stands. Whatever fails is told, and tried again with growing pauses.
 */
import { errorText, formatFieldError, isStatusError } from '@kindred/machinery';
import { addFinalizer, type ReconcileContext, type ReconcileResult } from '@kindred/operator';
import { ChartError } from '../../chart/chart.ts';
import { isReleaseError, ReleaseError } from '../../release/release-error.ts';
import { RenderError } from '../../render/render-error.ts';
import { ResourceError } from '../../resources/resource-error.ts';
import type { Translation } from '../intent/release-intent.ts';
import { PostRenderError } from '../post-render/post-render.ts';
import { KubeConfigError } from '../remote/kube-config-error.ts';
import { SourceError } from '../sources/source-error.ts';
import { ValuesError } from '../values/compose-values.ts';
import { otherReferences, type Reference, referenceTo, sourceReferences } from '../watch/release-references.ts';
import { notReady } from './conditions.ts';
import { finalizeRelease } from './finalize-release.ts';
import { keepRelease } from './keep-release.ts';
import { NotReadyError, prepareRelease } from './prepare-release.ts';
import { forgetRelease, type ReleaseKit, type ReleaseRun } from './release-kit.ts';
import type { ReleaseObject } from './release-object.ts';
import { requestsOf } from './requests.ts';
import { StatusWriter } from './status-writer.ts';

/** Another operation on the release ends by itself. */
const BUSY_PAUSE = 2000;
const CONFLICT_PAUSE = 50;

export async function reconcileRelease(
  kit: ReleaseKit,
  context: ReconcileContext<ReleaseObject>,
): Promise<ReconcileResult | undefined> {
  const { object, key } = context;
  if (object === undefined) {
    forgetRelease(kit, key);
    return undefined;
  }
  const writer = writerOf(kit, context, object);
  if (object.metadata.deletionTimestamp !== undefined) {
    const { kubeConfig } = kit.releases.identityOf(object);
    kit.references.set(key, [], otherReferences({ valuesFrom: [], kubeConfig }));
    return guarded(kit, context, writer, 'UninstallFailed', () => finalizeRelease(kit, context, object));
  }
  const requests = requestsOf(object);
  const translation = translate(kit, context, object);
  if ('errors' in translation) {
    return refuse(kit, writer, 'InvalidSpec', translation.errors.map(formatFieldError).join('; '));
  }
  if ('missing' in translation) {
    await tellNotReady(kit, writer, 'SourceNotFound', `${translation.missing} is not there`, false);
    return { requeueAfter: kit.backOff.next(key) };
  }
  const { intent } = translation;
  if (intent.suspend) return undefined;
  const run: ReleaseRun = { kit, context, object, intent, requests, writer };
  return guarded(kit, context, writer, 'ReconciliationFailed', async () => {
    const { client, signal } = context;
    // Before anything is made that would have to be taken away again.
    await addFinalizer(kit.releases.kind, object, { client, finalizer: kit.releases.finalizer, signal });
    return keepRelease(run, await prepareRelease(run));
  });
}

/** What the object says, with a note of all that it names. */
function translate(
  kit: ReleaseKit,
  { key, lister }: ReconcileContext<ReleaseObject>,
  object: ReleaseObject,
): Translation {
  const named: Reference[] = [];
  const translation = kit.releases.translate(object, (kind) => ({
    get({ namespace = '', name }) {
      named.push(referenceTo(kind.kind, { namespace, name }));
      return lister(kind).get({ namespace, name });
    },
  }));
  const { source, ...intent } = 'intent' in translation ? translation.intent : { source: undefined, valuesFrom: [] };
  const ofSource = source === undefined ? named : [...named, ...sourceReferences(source)];
  kit.references.set(key, ofSource, otherReferences(intent));
  return translation;
}

function writerOf(kit: ReleaseKit, context: ReconcileContext<ReleaseObject>, object: ReleaseObject): StatusWriter {
  const { client, events, now, signal } = context;
  const { kind, name: fieldManager } = kit.releases;
  return new StatusWriter(object, { kind, client, fieldManager, events, now, signal });
}

/** The object itself must change first. */
async function refuse(kit: ReleaseKit, writer: StatusWriter, reason: string, message: string): Promise<undefined> {
  await tellNotReady(kit, writer, reason, message, true);
}

async function tellNotReady(
  { releases }: ReleaseKit,
  writer: StatusWriter,
  reason: string,
  message: string,
  isFinal: boolean,
): Promise<void> {
  const { generation } = writer.current.metadata;
  const status = {
    ...writer.status,
    ...requestsOf(writer.current).handled,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
  await writer.write(status, releases.conditionsOf(notReady(writer.conditions, reason, message, isFinal)));
}

/** Tells what is expected to fail at times; everything else is a fault of the controller, and goes to its log too. */
async function guarded(
  kit: ReleaseKit,
  { key, signal }: ReconcileContext<ReleaseObject>,
  writer: StatusWriter,
  otherwise: string,
  reconcile: () => Promise<ReconcileResult | undefined>,
): Promise<ReconcileResult | undefined> {
  try {
    return await reconcile();
  } catch (error) {
    signal.throwIfAborted();
    if (isReleaseError(error, 'InProgress')) return { requeueAfter: BUSY_PAUSE };
    // Somebody has changed the object meanwhile: its next state is on the way. Conflicts of apply come as ResourceErrors.
    if (isStatusError(error, 'Conflict')) return { requeueAfter: CONFLICT_PAUSE };
    const isFinal = error instanceof NotReadyError && error.isFinal;
    await tellNotReady(kit, writer, reasonOf(error, otherwise), errorText(error), isFinal);
    if (!isExpected(error)) throw error;
    if (isFinal) return undefined;
    return { requeueAfter: kit.backOff.next(key) };
  }
}

function reasonOf(error: unknown, otherwise: string): string {
  if (error instanceof NotReadyError) return error.reason;
  if (error instanceof SourceError) return 'SourceFailed';
  if (error instanceof ValuesError) return 'ValuesFailed';
  // As Flux calls it.
  if (error instanceof KubeConfigError) return 'RESTClientError';
  return error instanceof PostRenderError ? 'PostRenderFailed' : otherwise;
}

function isExpected(error: unknown): boolean {
  if (isStatusError(error)) return true;
  return [
    NotReadyError,
    SourceError,
    ValuesError,
    KubeConfigError,
    PostRenderError,
    ChartError,
    RenderError,
    ReleaseError,
    ResourceError,
  ].some((type) => error instanceof type);
}
