/**
 * DeleteOptions (`k8s.io/apimachinery` meta/v1), from the body or, where the body has none, from the query.
 */
import {
  badRequest,
  type FieldError,
  forbiddenField,
  invalidOptions,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  notSupported,
} from '@kindred/machinery';
import { decodeBody, textOf } from '../decoding/decode-object.ts';
import { queryInteger } from './query-integer.ts';
import type { ServedRequest } from './resource-request.ts';

export type PropagationPolicy = 'Background' | 'Foreground' | 'Orphan';

export interface DeleteOptions {
  readonly gracePeriodSeconds: number | undefined;
  readonly propagationPolicy: PropagationPolicy | undefined;
  readonly preconditions: { readonly uid: string | undefined; readonly resourceVersion: string | undefined };
  readonly dryRun: boolean;
}

const policies = ['Background', 'Foreground', 'Orphan'];

/** @throws StatusError 400, 415, 422. */
export async function readDeleteOptions(request: ServedRequest): Promise<DeleteOptions> {
  const { exchange, server } = request;
  const bytes = await exchange.request.body();
  const body =
    bytes.byteLength === 0
      ? {}
      : decodeBody({
          bytes,
          contentType: exchange.request.headers['content-type'],
          typeTable: server.typeTable,
          duplicates: false,
        }).value;
  return deleteOptionsOf({ ...queryFields(exchange.request.query), ...fieldsOf(body) });
}

/** The options that a decoded object states: a body, or the options inside an Eviction. */
export function deleteOptionsOf(fields: JsonObject): DeleteOptions {
  const errors: FieldError[] = [];
  const orphan = fields['orphanDependents'];
  const policy = fields['propagationPolicy'];
  if (orphan !== undefined && orphan !== null && policy !== undefined && policy !== null) {
    errors.push(forbiddenField('propagationPolicy', 'orphanDependents and deletionPropagation cannot be both set'));
  }
  if (policy !== undefined && policy !== null && !policies.includes(textOf(policy))) {
    errors.push(notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']));
  }
  const dryRun = Array.isArray(fields['dryRun']) ? fields['dryRun'] : [];
  if (dryRun.some((value) => value !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']));
  if (errors.length > 0) throw invalidOptions('DeleteOptions', errors);
  return {
    gracePeriodSeconds: gracePeriodOf(fields['gracePeriodSeconds']),
    propagationPolicy: policyOf(policy, orphan),
    preconditions: preconditionsOf(fields['preconditions']),
    dryRun: dryRun.length > 0,
  };
}

function queryFields(query: URLSearchParams): JsonObject {
  const fields: JsonObject = {};
  const grace = queryInteger(query, 'gracePeriodSeconds');
  if (grace !== undefined) fields['gracePeriodSeconds'] = grace;
  const policy = query.get('propagationPolicy');
  if (policy !== null && policy !== '') fields['propagationPolicy'] = policy;
  const orphan = query.get('orphanDependents');
  if (orphan !== null && orphan !== '') fields['orphanDependents'] = orphan === 'true' || orphan === '1';
  const dryRun = query.getAll('dryRun');
  if (dryRun.length > 0) fields['dryRun'] = dryRun;
  return fields;
}

function fieldsOf(body: JsonValue): JsonObject {
  if (!isJsonObject(body)) throw badRequest('the request body must be a DeleteOptions object');
  const { kind } = body;
  if (kind !== undefined && kind !== '' && kind !== 'DeleteOptions') {
    throw badRequest(`${textOf(kind)} cannot be handled as a DeleteOptions`);
  }
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

function gracePeriodOf(value: JsonValue | undefined): number | undefined {
  if (value === undefined || value === null) return undefined;
  const seconds = Number(value);
  if (!Number.isSafeInteger(seconds)) throw badRequest(`gracePeriodSeconds must be an integer, found ${textOf(value)}`);
  // A negative period means "as soon as possible, but not at once".
  return seconds < 0 ? 1 : seconds;
}

function policyOf(policy: JsonValue | undefined, orphan: JsonValue | undefined): PropagationPolicy | undefined {
  if (policy === 'Background' || policy === 'Foreground' || policy === 'Orphan') return policy;
  if (orphan === true) return 'Orphan';
  return orphan === false ? 'Background' : undefined;
}

function preconditionsOf(value: JsonValue | undefined): DeleteOptions['preconditions'] {
  if (!isJsonObject(value)) return { uid: undefined, resourceVersion: undefined };
  const { uid, resourceVersion } = value;
  return {
    uid: typeof uid === 'string' ? uid : undefined,
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : undefined,
  };
}

/** The options as an object, for admission plugins. */
export function deleteOptionsObject(options: DeleteOptions): Readonly<Record<string, unknown>> {
  const { gracePeriodSeconds, propagationPolicy } = options;
  return {
    kind: 'DeleteOptions',
    apiVersion: 'meta.k8s.io/v1',
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(options.dryRun ? { dryRun: ['All'] } : {}),
  };
}
