/** Sprig's semver functions. */
import { fn } from '../go/define-function.ts';
import { FunctionError } from '../go/function-error.ts';
import { type GoFunction, type GoObject, type GoValue, goInt, goObject, isObject } from '../go/value.ts';
import { constraintProblem, parseConstraints, satisfies } from '../semver/constraint.ts';
import { compareVersions, parseVersion, type Version, versionText } from '../semver/version.ts';

const VERSION_TYPE = '*semver.Version';

function parse(text: string): Version {
  const version = parseVersion(text);
  if (version === undefined) throw new FunctionError(versionProblem(text));
  return version;
}

/** What is wrong with a text that is no version. */
function versionProblem(text: string): string {
  const large = /^v?([\d.]+)(?![\d.])/
    .exec(text)?.[1]
    ?.split('.')
    .find((part) => BigInt(part) >= 2n ** 64n);
  if (large === undefined) return 'invalid semantic version';
  return `error parsing version segment: strconv.ParseUint: parsing "${large}": value out of range`;
}

function other(value: GoValue): Version {
  const version =
    isObject(value) && value.type === VERSION_TYPE ? parseVersion(versionText(value.data as Version)) : undefined;
  if (version === undefined)
    throw new FunctionError('runtime error: invalid memory address or nil pointer dereference');
  return version;
}

function versionObject(version: Version): GoObject {
  const { major, minor, patch, prerelease, metadata, original } = version;
  return goObject(VERSION_TYPE, {
    kind: 'ptr',
    data: version,
    text: () => versionText(version),
    json: () => versionText(version),
    methods: new Map<string, GoFunction>([
      ['Major', fn([], () => goInt(major, 'uint64'))],
      ['Minor', fn([], () => goInt(minor, 'uint64'))],
      ['Patch', fn([], () => goInt(patch, 'uint64'))],
      ['Prerelease', fn([], () => prerelease)],
      ['Metadata', fn([], () => metadata)],
      ['Original', fn([], () => original)],
      ['String', fn([], () => versionText(version))],
      ['Compare', fn(['any'], (value) => goInt(compareVersions(version, other(value))))],
      ['Equal', fn(['any'], (value) => compareVersions(version, other(value)) === 0)],
      ['LessThan', fn(['any'], (value) => compareVersions(version, other(value)) < 0)],
      ['GreaterThan', fn(['any'], (value) => compareVersions(version, other(value)) > 0)],
      ['IncMajor', fn([], () => increment(version, 'major'))],
      ['IncMinor', fn([], () => increment(version, 'minor'))],
      ['IncPatch', fn([], () => increment(version, 'patch'))],
    ]),
  });
}

function increment(version: Version, part: 'major' | 'minor' | 'patch'): GoObject {
  const { major, minor, patch, prerelease } = version;
  const next: [bigint, bigint, bigint] =
    part === 'major' ? [major + 1n, 0n, 0n] : part === 'minor' ? [major, minor + 1n, 0n] : [major, minor, patch];
  // The patch of a pre-release is the release itself.
  if (part === 'patch' && prerelease === '') next[2] = patch + 1n;
  return { ...versionObject(parse(next.join('.'))), type: 'semver.Version', kind: 'struct' };
}

export const semverFunctions: Readonly<Record<string, GoFunction>> = {
  semver: fn(['string'], (text) => versionObject(parse(text))),
  semverCompare: fn(['string', 'string'], (range, text) => {
    const constraints = parseConstraints(range);
    if (constraints === undefined) throw new FunctionError(constraintProblem(range));
    return satisfies(parse(text), constraints);
  }),
};
