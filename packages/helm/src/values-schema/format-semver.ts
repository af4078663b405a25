/** The format of versions (semver.org). */
import { quoteRune } from '../go/quote.ts';

export function semverProblem(text: string): string | undefined {
  const [rest, build] = cut(text, '+');
  const [core, preRelease] = cut(rest, '-');
  if (build === '') return 'build is empty';
  const problem =
    identifiersProblem(build, 'build identifier') ?? identifiersProblem(preRelease, 'pre-release identifier');
  if (problem !== undefined) return problem;
  if (preRelease?.split('.').some((each) => /^0\d+$/.test(each)) === true) {
    return 'pre-release numeric identifier starts with zero';
  }
  return coreProblem(core);
}

function cut(text: string, separator: string): [before: string, after: string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function identifiersProblem(text: string | undefined, what: string): string | undefined {
  for (const identifier of text?.split('.') ?? []) {
    if (identifier === '') return `${what} is empty`;
    const wrong = /[^0-9A-Za-z-]/u.exec(identifier)?.[0];
    if (wrong !== undefined) return `invalid character ${quoteRune(wrong.codePointAt(0) ?? 0)} in ${what}`;
  }
  return undefined;
}

const PARTS = ['major', 'minor', 'patch'];

function coreProblem(core: string): string | undefined {
  const parts = core.split('.');
  if (parts.length !== PARTS.length) return 'versionCore must have 3 numbers separated by dot';
  for (const [index, name] of PARTS.entries()) {
    const part = parts[index] ?? '';
    if (part === '') return `${name} is empty`;
    if (/^0./.test(part)) return `${name} starts with zero`;
    if (!/^\d+$/.test(part)) return `${name} contains non-digit`;
  }
  return undefined;
}
