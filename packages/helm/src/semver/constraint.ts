/** Ranges of versions (package Masterminds/semver): `>=1.2 <2`, `^1.2`, `~1`, `1.x`, `1.2 - 1.4`, alternatives by `||`. */
import { compareVersions, parseVersion, type Version } from './version.ts';

interface Constraint {
  readonly operator: string;
  readonly version: Version;
  /** Some part was missing or a wildcard. */
  readonly dirty: boolean;
  readonly minorDirty: boolean;
  readonly patchDirty: boolean;
}

/** Alternatives of constraints that must hold together. */
export type Constraints = readonly (readonly Constraint[])[];

const PART = '[0-9xX*]+';
const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const VERSION = `v?(${PART})(\\.${PART})?(\\.${PART})?(-${IDENTIFIERS})?(?:\\+${IDENTIFIERS})?`;
const PLAIN_VERSION = VERSION.replaceAll(/\((?!\?)/g, '(?:');
const OPERATOR = '=>|=<|>=|<=|!=|~>|>|<|=|~|\\^|';
const HYPHEN = new RegExp(` *(${PLAIN_VERSION}) +- +(${PLAIN_VERSION}) *`, 'g');
const VALID = new RegExp(
  `^(?: *(?:${OPERATOR}) *${PLAIN_VERSION} *)(?:(?: +|, *)(?:${OPERATOR}) *${PLAIN_VERSION} *)*$`,
);
const SINGLE = new RegExp(`(${OPERATOR}) *(?:${VERSION})`, 'g');

/** No range that somebody means is longer; the patterns below take a time that grows with the square of the length. */
const MAX_LENGTH = 8192;

/** Undefined when the text is no range. */
export function parseConstraints(range: string): Constraints | undefined {
  const alternatives: Constraint[][] = [];
  for (const alternative of alternativesOf(range)) {
    const constraints = parseAlternative(alternative);
    if (constraints === undefined) return undefined;
    alternatives.push(constraints);
  }
  return alternatives;
}

/** What helm says of a text that is no range: it names the alternative that is none. */
export function constraintProblem(range: string): string {
  const wrong = alternativesOf(range).find((alternative) => parseAlternative(alternative) === undefined);
  return `improper constraint: ${wrong ?? range}`;
}

function alternativesOf(range: string): string[] {
  if (range.length > MAX_LENGTH) return [range];
  return withHyphens(range).split('||');
}

/** `1.2 - 1.4` as two constraints. */
function withHyphens(range: string): string {
  if (!/[\t\n\f\r ]-[\t\n\f\r ]/.test(range)) return range;
  return withPlainSpace(range).replace(HYPHEN, '>=$1,<=$2 ');
}

/** Runs of white space as one blank, which the patterns need to be quick. */
function withPlainSpace(text: string): string {
  return text.replace(/[\t\n\f\r ]+/g, ' ');
}

function parseAlternative(alternative: string): Constraint[] | undefined {
  const text = withPlainSpace(alternative);
  if (text.length > MAX_LENGTH || !VALID.test(text)) return undefined;
  const constraints = [...text.matchAll(SINGLE)].map((match) => parseOne(match));
  return constraints.includes(undefined) ? undefined : constraints.filter((each) => each !== undefined);
}

const isWildcard = (part: string | undefined): boolean => part === undefined || /^\.?[xX*]$/.test(part);

function parseOne(match: readonly (string | undefined)[]): Constraint | undefined {
  const [, operator = '', major, minor, patch, prerelease = ''] = match;
  const flags = { dirty: false, minorDirty: false, patchDirty: false };
  let text: string;
  if (isWildcard(major)) {
    text = `0.0.0${prerelease}`;
    flags.dirty = true;
  } else if (isWildcard(minor)) {
    text = `${major}.0.0${prerelease}`;
    flags.dirty = true;
    flags.minorDirty = true;
  } else if (isWildcard(patch)) {
    text = `${major}${minor}.0${prerelease}`;
    flags.dirty = true;
    flags.patchDirty = true;
  } else {
    text = `${major}${minor}${patch}${prerelease}`;
  }
  const version = parseVersion(text);
  return version === undefined ? undefined : { operator, version, ...flags };
}

/** True when the version is in the range. Pre-releases only are when a bound of the alternative is one. */
export function satisfies(version: Version, constraints: Constraints): boolean {
  return constraints.some((alternative) => {
    const mayBePrerelease = alternative.some((each) => each.version.prerelease !== '');
    if (version.prerelease !== '' && !mayBePrerelease) return false;
    return alternative.every((constraint) => holds(version, constraint));
  });
}

function holds(version: Version, constraint: Constraint): boolean {
  const order = compareVersions(version, constraint.version);
  switch (constraint.operator) {
    case '!=':
      return constraint.dirty ? differs(version, constraint) : order !== 0;
    case '>':
      return constraint.dirty ? isAbove(version, constraint) : order > 0;
    case '<':
      return order < 0;
    case '>=':
    case '=>':
      return order >= 0;
    case '<=':
    case '=<':
      return constraint.dirty ? isWithin(version, constraint) : order <= 0;
    case '~':
    case '~>':
      return order >= 0 && inTilde(version, constraint);
    case '^':
      return order >= 0 && inCaret(version, constraint);
    default:
      return constraint.dirty ? order >= 0 && inTilde(version, constraint) : order === 0;
  }
}

function differs(version: Version, { version: bound, minorDirty, patchDirty }: Constraint): boolean {
  if (bound.major !== version.major) return true;
  if (bound.minor !== version.minor && !minorDirty) return true;
  if (minorDirty) return false;
  if (bound.patch !== version.patch && !patchDirty) return true;
  return patchDirty && bound.prerelease !== version.prerelease;
}

function isAbove(version: Version, { version: bound, minorDirty, patchDirty }: Constraint): boolean {
  if (version.major !== bound.major) return version.major > bound.major;
  if (minorDirty) return false;
  return patchDirty ? version.minor > bound.minor : compareVersions(version, bound) > 0;
}

function isWithin(version: Version, { version: bound, minorDirty }: Constraint): boolean {
  if (version.major > bound.major) return false;
  return version.major !== bound.major || version.minor <= bound.minor || minorDirty;
}

function inTilde(version: Version, { version: bound, minorDirty, patchDirty }: Constraint): boolean {
  const isZero = bound.major === 0n && bound.minor === 0n && bound.patch === 0n;
  if (isZero && !minorDirty && !patchDirty) return true;
  return version.major === bound.major && (version.minor === bound.minor || minorDirty);
}

function inCaret(version: Version, { version: bound, minorDirty, patchDirty }: Constraint): boolean {
  if (bound.major > 0n || minorDirty) return version.major === bound.major;
  if (version.major > 0n) return false;
  if (bound.minor > 0n || patchDirty) return version.minor === bound.minor;
  return version.minor === 0n && version.patch === bound.patch;
}
