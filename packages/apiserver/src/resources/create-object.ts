/**
 * The life of a new object, step by step, from a decoded body to stored bytes. Decoding, strict fields, defaulting and
 * conversion have happened in `incoming-object.ts`.
 */
import {
  alreadyExists,
  badRequest,
  forbidden,
  generateNameConflict,
  invalid,
  type Unstructured,
} from '@kindred/machinery';
import { trackFieldManager } from './field-managers.ts';
import { generateName } from './generate-name.ts';
import { type AsSent, workingResource } from './incoming-object.ts';
import { dropRepeatedOwners, setSystemFields, settleName, settleNamespace } from './metadata-rules.ts';
import { metadataWarnings } from './metadata-warnings.ts';
import { demandLiveNamespace } from './namespace-check.ts';
import type { ResourceRequest } from './resource-request.ts';
import {
  admissionAttributes,
  lifetimeOf,
  runWriteSteps,
  settle,
  type Write,
  type WriteStep,
  type Written,
} from './write.ts';
import type { WriteOptions } from './write-options.ts';

const createSteps: readonly WriteStep[] = [
  refuseWhileTerminating,
  settleMetadata,
  ({ request }) => demandLiveNamespace(request),
  giveIdentity,
  ({ working, object }) => working.definition.prepareForCreate(object),
  trackFieldManager,
  admit,
  validate,
  (write) => write.request.server.admission.validate(admissionAttributes(write)),
  ({ working, object: created }) => working.kind.settleStatus?.(created),
  sendWarnings,
];

/** Names tried for a `generateName` before giving up. */
const nameAttempts = 8;

/**
 * Carries a new object through all steps and stores it.
 *
 * @param object in the working version; it belongs to this function.
 * @throws StatusError 400, 403, 404 for its namespace, 409 when the name is taken, 422.
 */
export async function createObject(
  request: ResourceRequest,
  options: WriteOptions,
  object: Unstructured,
  { applied = false, asSent }: { applied?: boolean; asSent?: AsSent | undefined } = {},
): Promise<Written> {
  const working = workingResource(request.resource, (...names) => request.server.registry.get(...names));
  const write: Write = {
    request,
    options,
    working,
    object,
    subresource: '',
    applied,
    asSent,
    madeByServer: false,
    settled: [],
  };
  try {
    const pending = runWriteSteps(createSteps, write);
    if (pending !== undefined) await pending;
    return options.dryRun ? dryRun(write) : await store(write);
  } finally {
    settle(write);
  }
}

function refuseWhileTerminating({ working, object }: Write): void {
  const reason = working.kind.refuseCreate?.();
  if (reason !== undefined) throw forbidden(working.groupResource, object.metadata.name ?? '', reason);
}

function settleMetadata({ request, working, object }: Write): void {
  const { metadata } = object;
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== '') {
    throw badRequest('resourceVersion should not be set on objects to be created');
  }
  settleNamespace(metadata, working.definition.namespaced, request.namespace);
  if (request.name !== '') settleName(metadata, request.name);
  if ((metadata.name ?? '') === '' && (metadata.generateName ?? '') !== '') {
    metadata.name = generateName(metadata.generateName ?? '', request.server.random);
  }
}

function giveIdentity({ request, working, object }: Write): void {
  const { server, exchange } = request;
  setSystemFields(object, working.definition, { uid: server.randomUuid(), now: server.clock.now() });
  if (dropRepeatedOwners(object.metadata)) {
    exchange.warn(
      '.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests',
    );
  }
}

function admit(write: Write): Promise<void> | undefined {
  const { request, working, object } = write;
  const { admission } = request.server;
  const attributes = admissionAttributes(write);
  if (admission.mayChange(attributes)) write.asSent = undefined;
  return admission.admit(attributes, () => {
    settleNamespace(object.metadata, working.definition.namespaced, request.namespace);
    working.definition.prepareForCreate(object);
  });
}

function validate({ working, object, asSent }: Write): void {
  const { group, kind } = working.definition;
  const inOrder = asSent !== undefined;
  const errors = working.kind.validateNew?.(object, { inOrder }) ?? working.definition.validate(object);
  if (errors.length > 0) throw invalid({ group, kind }, object.metadata.name ?? '', errors);
}

function sendWarnings({ request, working, object }: Write): void {
  for (const text of working.definition.warnings(object)) request.exchange.warn(text);
  for (const text of metadataWarnings(object, undefined)) request.exchange.warn(text);
}

function dryRun({ request, working, object }: Write): Written {
  const { namespace = '', name = '' } = object.metadata;
  if (request.storage.get(namespace, name) !== undefined) throw alreadyExists(working.groupResource, name);
  return { object };
}

async function store({ request, working, object, asSent }: Write): Promise<Written> {
  const { metadata } = object;
  const base = metadata.generateName ?? '';
  const generated = base !== '' && metadata.name?.startsWith(base.slice(0, 58)) === true && request.name === '';
  for (let attempt = 1; ; attempt++) {
    const name = metadata.name ?? '';
    const form = storedForm(request, working, object);
    const storing = { ...lifetimeOf(working.kind), rest: asSent?.rest };
    const stored = await request.storage.create(metadata.namespace ?? '', name, form, storing);
    if (stored !== undefined) {
      if (working.kind.stored !== undefined) working.kind.stored(working.read(stored));
      return { stored };
    }
    if (!generated) throw alreadyExists(working.groupResource, name);
    if (attempt === nameAttempts) throw generateNameConflict(working.groupResource, name);
    metadata.name = generateName(base, request.server.random);
  }
}

function storedForm({ resource }: ResourceRequest, working: Write['working'], object: Unstructured): Unstructured {
  return working === resource && resource.kind.custom ? resource.toStorage(object) : object;
}
