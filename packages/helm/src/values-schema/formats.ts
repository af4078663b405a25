/** The formats that validation asserts, with the messages of the library that helm uses. Only texts have formats. */
import { parseUrl } from '../functions/urls.ts';
import { FunctionError } from '../go/function-error.ts';
import { quoteRune } from '../go/quote.ts';
import { emailProblem, hostnameProblem, ipv4Problem, ipv6Problem } from './format-hosts.ts';
import { semverProblem } from './format-semver.ts';
import { dateProblem, dateTimeProblem, durationProblem, periodProblem, timeProblem } from './format-times.ts';
import { compilePattern } from './pattern.ts';
import type { Format } from './schema.ts';
import { SchemaError } from './schema-error.ts';

type Check = (text: string) => string | undefined;

function jsonPointerProblem(text: string): string | undefined {
  if (text === '') return undefined;
  if (!text.startsWith('/')) return 'not starting with /';
  return /~(?![01])/.test(text) ? '~ must be followed by 0 or 1' : undefined;
}

function relativePointerProblem(text: string): string | undefined {
  const digits = /^\d*/.exec(text)?.[0] ?? '';
  if (digits === '') return 'must start with non-negative integer';
  if (digits.length > 1 && digits.startsWith('0')) return 'starts with zero';
  const rest = text.slice(digits.length);
  return rest === '#' ? undefined : jsonPointerProblem(rest);
}

const UUID_GROUPS = [8, 4, 4, 4, 12];

function uuidProblem(text: string): string | undefined {
  const groups = text.split('-');
  if (groups.length !== UUID_GROUPS.length) return `must have ${UUID_GROUPS.length} elements`;
  for (const [index, group] of groups.entries()) {
    const length = UUID_GROUPS[index] ?? 0;
    if (group.length !== length) return `element ${index + 1} must be ${length} characters long`;
    const wrong = /[^0-9a-fA-F]/u.exec(group)?.[0];
    if (wrong !== undefined) return `non-hex character ${quoteRune(wrong.codePointAt(0) ?? 0)}`;
  }
  return undefined;
}

/** What is wrong with the syntax; the scheme otherwise. */
function readUrl(text: string): { problem: string } | { scheme: string } {
  try {
    const url = parseUrl(text);
    const host = url.get('hostname');
    const authority = url.get('host');
    if (typeof host === 'string' && host.includes(':')) {
      if (typeof authority === 'string' && !/\[.*\]/.test(authority)) {
        return { problem: 'ipv6 address not enclosed in brackets' };
      }
      const problem = ipv6Problem(host);
      if (problem !== undefined) return { problem: `invalid ipv6 address: ${problem}` };
    }
    const scheme = url.get('scheme');
    return { scheme: typeof scheme === 'string' ? scheme : '' };
  } catch (error) {
    if (error instanceof FunctionError) return { problem: error.message.replace(/^unable to parse url: /, '') };
    throw error;
  }
}

function uriProblem(text: string): string | undefined {
  const url = readUrl(text);
  if ('problem' in url) return url.problem;
  return url.scheme === '' ? 'relative url' : undefined;
}

function referenceProblem(text: string): string | undefined {
  const url = readUrl(text);
  return 'problem' in url ? url.problem : undefined;
}

function uriTemplateProblem(text: string): string | undefined {
  const url = readUrl(text);
  if ('problem' in url) return url.problem;
  for (const segment of text.split('/')) {
    let isOpen = false;
    for (const brace of segment.match(/[{}]/g) ?? []) {
      if ((brace === '{') === isOpen) return 'nested curly braces';
      isOpen = !isOpen;
    }
    if (isOpen) return 'no matching closing brace';
  }
  return undefined;
}

function regexProblem(text: string): string | undefined {
  try {
    compilePattern(text);
    return undefined;
  } catch (error) {
    if (error instanceof SchemaError) return error.message;
    throw error;
  }
}

const CHECKS: Readonly<Record<string, Check>> = {
  'json-pointer': jsonPointerProblem,
  'relative-json-pointer': relativePointerProblem,
  uuid: uuidProblem,
  duration: durationProblem,
  period: periodProblem,
  ipv4: ipv4Problem,
  ipv6: ipv6Problem,
  hostname: hostnameProblem,
  email: emailProblem,
  date: dateProblem,
  time: timeProblem,
  'date-time': dateTimeProblem,
  uri: uriProblem,
  iri: uriProblem,
  'uri-reference': referenceProblem,
  'iri-reference': referenceProblem,
  'uri-template': uriTemplateProblem,
  semver: semverProblem,
  regex: regexProblem,
};

export const FORMATS: ReadonlyMap<string, Format> = new Map(
  Object.entries(CHECKS).map(([name, check]) => [
    name,
    { name, problem: (value) => (typeof value === 'string' ? check(value) : undefined) },
  ]),
);
