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
const none: Readonly<Record<string, string>> = {};

/** @throws StatusError 422 that names every parameter that is wrong. */
export function readWriteOptions(
  kind: WriteOptions['kind'],
  request: ApiRequest,
  { apply }: { apply: boolean } = { apply: false },
): WriteOptions {
  const query = request.rawQuery === '' ? undefined : request.query;
  const errors: FieldError[] = [];
  const dryRun = query?.getAll('dryRun') ?? [];
  if (dryRun.some((value) => value !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']));
  const fieldValidation = fieldValidationOf(query?.get('fieldValidation') ?? null);
  if (typeof fieldValidation !== 'string') errors.push(fieldValidation);
  const given = query?.get('fieldManager') ?? '';
  if (given.length > maxFieldManagerLength) {
    errors.push({
      type: 'TooLong',
      field: 'fieldManager',
      detail: `may not be more than ${maxFieldManagerLength} bytes`,
    });
  } else if (!/^[ -~]*$/.test(given)) {
    errors.push(invalidValue('fieldManager', given, 'should only contain printable characters'));
  }
  const force = query?.get('force') ?? '';
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
  return {
    kind: options.kind,
    apiVersion: 'meta.k8s.io/v1',
    fieldManager: options.fieldManager,
    fieldValidation: options.fieldValidation,
    ...(options.dryRun ? { dryRun: ['All'] } : none),
    ...(options.force ? { force: true } : none),
  };
}

/** `kubectl/v1.35.2 (linux/amd64)` → `kubectl`. */
function managerFromUserAgent(userAgent: string | undefined): string {
  const product = (userAgent ?? '').split('/', 1)[0] ?? '';
  const printable = product.replaceAll(/[^ -~]/g, '').slice(0, maxFieldManagerLength);
  return printable === '' ? 'unknown' : printable;
}
