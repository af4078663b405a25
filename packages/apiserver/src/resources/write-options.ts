/**
 * The query parameters of writes: CreateOptions, UpdateOptions and PatchOptions (`k8s.io/apimachinery` meta/v1).
 */
import { type FieldError, invalidOptions, invalidValue, notSupported, required } from '@kindred/machinery';
import { type FieldValidation, fieldValidationOf } from '../decoding/field-validation.ts';
import type { ApiRequest } from '../request/api-request.ts';

export interface WriteOptions {
  readonly kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions';
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  /** Who owns the fields that this write sets. */
  readonly fieldManager: string;
  /** Apply: take over fields of other managers. */
  readonly force: boolean;
}

const maxFieldManagerLength = 128;
const unknownManager = 'unknown';
const printable = /^[ -~]*$/;

/** @throws StatusError 422 that names every parameter that is wrong. */
export function readWriteOptions(
  kind: WriteOptions['kind'],
  request: ApiRequest,
  { apply }: { apply: boolean } = { apply: false },
): WriteOptions {
  if (request.rawQuery === '' && !apply) {
    const fieldManager = managerFromUserAgent(request.headers['user-agent']);
    return { kind, dryRun: false, fieldValidation: 'Warn', fieldManager, force: false };
  }
  const { query } = request;
  const errors: FieldError[] = [];
  const dryRun = query.getAll('dryRun');
  if (dryRun.some((value) => value !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']));
  const fieldValidation = fieldValidationOf(query.get('fieldValidation'));
  if (typeof fieldValidation !== 'string') errors.push(fieldValidation);
  const given = query.get('fieldManager') ?? '';
  if (given.length > maxFieldManagerLength) {
    errors.push({
      type: 'TooLong',
      field: 'fieldManager',
      detail: `may not be more than ${maxFieldManagerLength} bytes`,
    });
  } else if (!printable.test(given)) {
    errors.push(invalidValue('fieldManager', given, 'should only contain printable characters'));
  }
  const force = query.get('force') ?? '';
  if (apply && given === '') errors.push(required('fieldManager', 'is required for apply patch'));
  if (!apply && kind === 'PatchOptions' && force !== '') {
    errors.push({ type: 'Forbidden', field: 'force', detail: 'may not be specified for non-apply patch' });
  }
  if (errors.length > 0) throw invalidOptions(kind, errors);
  return {
    kind,
    dryRun: dryRun.length > 0,
    fieldValidation: typeof fieldValidation === 'string' ? fieldValidation : 'Warn',
    fieldManager: given === '' ? managerFromUserAgent(request.headers['user-agent']) : given,
    force: force === 'true' || force === '1',
  };
}

/** The options as an object, for admission plugins. */
export function optionsObject(options: WriteOptions): Readonly<Record<string, unknown>> {
  const { kind, fieldManager, fieldValidation } = options;
  const object: Record<string, unknown> = { kind, apiVersion: 'meta.k8s.io/v1', fieldManager, fieldValidation };
  if (options.dryRun) object['dryRun'] = ['All'];
  if (options.force) object['force'] = true;
  return object;
}

/** `kubectl/v1.35.2 (linux/amd64)` → `kubectl`. */
function managerFromUserAgent(userAgent: string | undefined): string {
  if (userAgent === undefined) return unknownManager;
  const slash = userAgent.indexOf('/');
  const product = slash < 0 ? userAgent : userAgent.slice(0, slash);
  const plain = printable.test(product) ? product : product.replaceAll(/[^ -~]/g, '');
  return plain === '' ? unknownManager : plain.slice(0, maxFieldManagerLength);
}
