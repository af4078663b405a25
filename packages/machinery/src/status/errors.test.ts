import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as errors from './errors.ts';
import { duplicate, invalidValue, notSupported, required, tooLong, tooMany, typeInvalid } from './field-errors.ts';
import { isStatusError } from './status-error.ts';

const websites = { group: 'extensions.example.com', resource: 'websites' };
const pods = { group: '', resource: 'pods' };

test('words failures as the API does', () => {
  const cases: [string, number, string, ReturnType<typeof errors.badRequest>][] = [
    ['BadRequest', 400, 'no', errors.badRequest('no')],
    ['Unauthorized', 401, 'Unauthorized', errors.unauthorized()],
    ['Forbidden', 403, 'pods "a" is forbidden: no', errors.forbidden(pods, 'a', 'no')],
    ['Forbidden', 403, 'pods is forbidden: no', errors.forbidden(pods, '', 'no')],
    ['Forbidden', 403, 'forbidden: no', errors.forbidden({ group: '', resource: '' }, '', 'no')],
    ['NotFound', 404, 'websites.extensions.example.com "kubia" not found', errors.notFound(websites, 'kubia')],
    ['NotFound', 404, 'the server could not find the requested resource', errors.pathNotFound()],
    ['AlreadyExists', 409, 'pods "a" already exists', errors.alreadyExists(pods, 'a')],
    [
      'Conflict',
      409,
      'Operation cannot be fulfilled on pods "a": the object has been modified; please apply your changes to the latest version and try again',
      errors.conflict(pods, 'a'),
    ],
    ['Expired', 410, 'old', errors.expired('old', 'token')],
    ['Timeout', 504, 'Timeout: Too large resource version: 9, current: 3', errors.tooLargeResourceVersion(9, 3)],
    ['TooManyRequests', 429, 'busy', errors.tooManyRequests('busy', 1)],
    ['InternalError', 500, 'Internal error occurred: disk', errors.internalError('disk')],
    [
      'MethodNotAllowed',
      405,
      'patch is not supported on resources of kind "pods"',
      errors.methodNotSupported(pods, 'patch'),
    ],
    ['NotAcceptable', 406, 'only the following media types are accepted: a, b', errors.notAcceptable(['a', 'b'])],
    [
      'UnsupportedMediaType',
      415,
      'the body of the request was in an unknown format - accepted media types include: a, b',
      errors.unsupportedMediaType(['a', 'b']),
    ],
    ['RequestEntityTooLarge', 413, 'Request entity too large: limit is 3145728', errors.requestEntityTooLarge(3145728)],
  ];
  for (const [reason, code, message, error] of cases) {
    assert.deepEqual([error.status.reason, error.code, error.message], [reason, code, message]);
    assert.equal(error.status.kind, 'Status');
    assert.equal(typeof error.status.details, 'object');
  }
});

test('fills details for clients', () => {
  assert.deepEqual(errors.notFound(websites, 'kubia').status.details, {
    name: 'kubia',
    group: 'extensions.example.com',
    kind: 'websites',
  });
  assert.deepEqual(errors.expired('old', 'token').status.metadata, { continue: 'token' });
  assert.deepEqual(errors.tooLargeResourceVersion(9, 3).status.details, {
    retryAfterSeconds: 1,
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
  });
  assert.ok(isStatusError(errors.gone('x'), 'Gone'));
  assert.ok(!isStatusError(errors.gone('x'), 'Expired'));
  assert.ok(!isStatusError(new Error('x')));
});

test('puts each field error into a cause', () => {
  const one = errors.invalid({ group: 'apps', kind: 'Deployment' }, 'd', [required('spec.selector')]);
  assert.equal(one.message, 'Deployment.apps "d" is invalid: spec.selector: Required value');
  assert.deepEqual(one.status.details, {
    name: 'd',
    group: 'apps',
    kind: 'Deployment',
    causes: [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.selector' }],
  });
  const many = errors.invalid({ group: '', kind: 'X' }, 'x', [
    invalidValue('a', 'v"', 'must be w'),
    invalidValue('b', 0, 'must be 1'),
    invalidValue('c', null, ''),
    invalidValue('d', { k: 1 }, 'odd'),
    notSupported('e', 'TPC', ['TCP', 'UDP']),
    duplicate('f[0]', 'z'),
    tooLong('g', 63),
    tooMany('h', 5, 1),
    typeInvalid('i', 'string', 'i in body must be of type integer: "string"'),
  ]);
  assert.equal(
    many.message,
    'X "x" is invalid: [a: Invalid value: "v\\"": must be w, b: Invalid value: 0: must be 1, c: Invalid value: "null", ' +
      'd: Invalid value: {"k":1}: odd, e: Unsupported value: "TPC": supported values: "TCP", "UDP", ' +
      'f[0]: Duplicate value: "z", g: Too long: may not be more than 63 bytes, ' +
      'h: Too many: 5: must have at most 1 item, ' +
      'i: Invalid value: "string": i in body must be of type integer: "string"]',
  );
});

test('a StatusError of another copy of this module is one too', () => {
  const foreign = Object.assign(new Error('gone'), {
    name: 'StatusError',
    status: { reason: 'NotFound' },
    reason: 'NotFound',
  });
  assert.ok(isStatusError(foreign, 'NotFound'));
  assert.ok(!isStatusError(foreign, 'Conflict'));
  assert.ok(!isStatusError(Object.assign(new Error('x'), { name: 'StatusError' })));
});
