/**
 * Semantic versions: `semver('1.2.3').isLessThan(semver('2.0.0'))` (Kubernetes' semver library; semver.org 2.0.0).
 */
import { binary, declare, member, type Overload, params, unary } from '../functions/overload.ts';
import { types } from '../types/type.ts';
import { errorValue, type OpaqueValue, type Result } from '../values/value.ts';
import type { Library } from './library.ts';

interface Semver {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly prerelease: readonly string[];
}

const typeName = 'kubernetes.Semver';
const semverType = types.opaque(typeName);
const semver = params.opaque<Semver>(typeName);
const { string, bool } = params;

const SYNTAX =
  /^(0|[1-9]\d{0,18})\.(0|[1-9]\d{0,18})\.(0|[1-9]\d{0,18})(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

function compared(id: string, holds: (order: number) => boolean): Overload {
  return member(binary(id, semver, semver, types.bool, (a, b) => holds(compare(a.value, b.value))));
}

function number(id: string, index: 0 | 1 | 2): Overload {
  return member(unary(id, semver, types.int, ({ value }) => value.numbers[index]));
}

export const semverLibrary: Library = {
  name: 'semver',
  typeNames: new Map([[typeName, semverType]]),
  functions: [
    declare(
      'semver',
      unary('string_to_semver', string, semverType, (text) => toSemver(text)),
      binary('string_bool_to_semver', string, bool, semverType, (text, normalize) =>
        toSemver(normalize ? normalized(text) : text),
      ),
    ),
    declare(
      'isSemver',
      unary('is_semver_string', string, types.bool, (text) => SYNTAX.test(text)),
      binary('is_semver_string_bool', string, bool, types.bool, (text, normalize) =>
        SYNTAX.test(normalize ? normalized(text) : text),
      ),
    ),
    declare(
      'isGreaterThan',
      compared('semver_is_greater_than', (order) => order > 0),
    ),
    declare(
      'isLessThan',
      compared('semver_is_less_than', (order) => order < 0),
    ),
    declare(
      'compareTo',
      member(binary('semver_compare_to', semver, semver, types.int, (a, b) => BigInt(compare(a.value, b.value)))),
    ),
    declare('major', number('semver_major', 0)),
    declare('minor', number('semver_minor', 1)),
    declare('patch', number('semver_patch', 2)),
  ],
};

/** `v1.2` → `1.2.0`; leading zeros go. */
function normalized(text: string): string {
  const match = /^v?([0-9.]+)(.*)$/.exec(text);
  if (match === null) return text;
  const [, numbers = '', rest = ''] = match;
  const parts = numbers.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  while (parts.length < 3) parts.push('0');
  return parts.join('.') + rest;
}

function toSemver(text: string): Result {
  const match = SYNTAX.exec(text);
  if (match === null) return errorValue(`semver: ${JSON.stringify(text)} is no semantic version`);
  const [, major = '0', minor = '0', patch = '0', prerelease] = match;
  const value: Semver = {
    numbers: [BigInt(major), BigInt(minor), BigInt(patch)],
    prerelease: prerelease === undefined ? [] : prerelease.split('.'),
  };
  const made: OpaqueValue<Semver> = {
    kind: 'opaque',
    typeName,
    value,
    equals: (other) => semver.is(other) && compare(other.value, value) === 0,
  };
  return made;
}

function compare(a: Semver, b: Semver): number {
  for (const index of [0, 1, 2] as const) {
    if (a.numbers[index] !== b.numbers[index]) return a.numbers[index] < b.numbers[index] ? -1 : 1;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) {
    return Math.sign(b.prerelease.length - a.prerelease.length);
  }
  for (let index = 0; index < Math.max(a.prerelease.length, b.prerelease.length); index++) {
    const order = comparePart(a.prerelease[index], b.prerelease[index]);
    if (order !== 0) return order;
  }
  return 0;
}

/** A part that isn't there comes first, then numbers, then words. */
function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  const areNumbers = [a, b].map((part) => /^\d+$/.test(part));
  if (areNumbers[0] !== areNumbers[1]) return areNumbers[0] === true ? -1 : 1;
  if (areNumbers[0] === true) return BigInt(a) < BigInt(b) ? -1 : 1;
  return a < b ? -1 : 1;
}
