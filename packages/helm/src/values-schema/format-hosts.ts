/** Formats of addresses: hosts, IPv4 (RFC 2673), IPv6 (RFC 4291 with Go's words), mail. */
import { quote, quoteRune } from '../go/quote.ts';

function badCharacter(text: string, allowed: RegExp): string | undefined {
  for (const character of text) {
    if (!allowed.test(character)) return `invalid character ${quoteRune(character.codePointAt(0) ?? 0)}`;
  }
  return undefined;
}

const encoder = new TextEncoder();
const byteLength = (text: string): number => encoder.encode(text).length;

export function hostnameProblem(text: string): string | undefined {
  const name = text.replace(/\.$/, '');
  if (byteLength(name) > 253) return 'more than 253 characters long';
  for (const label of name.split('.')) {
    const length = byteLength(label);
    if (length < 1 || length > 63) return 'label must be 1 to 63 characters long';
    if (label.startsWith('-')) return 'label starts with hyphen';
    if (label.endsWith('-')) return 'label ends with hyphen';
    const bad = badCharacter(label, /^[A-Za-z0-9-]$/);
    if (bad !== undefined) return bad;
  }
  return undefined;
}

export function ipv4Problem(text: string): string | undefined {
  const groups = text.split('.');
  if (groups.length !== 4) return 'expected four decimals';
  for (const group of groups) {
    if (group.length > 1 && group.startsWith('0')) return 'leading zeros';
    if (!/^[-+]?\d+$/.test(group)) return `strconv.Atoi: parsing ${quote(group)}: invalid syntax`;
    if (Number(group) < 0 || Number(group) > 255) return 'decimal must be between 0 and 255';
  }
  return undefined;
}

export function ipv6Problem(text: string): string | undefined {
  if (!text.includes(':')) return 'missing colon';
  const wrong = (problem: string, at?: string): string =>
    `ParseAddr(${quote(text)}): ${problem}${at === undefined ? '' : ` (at ${quote(at)})`}`;
  const dot = text.indexOf('.');
  if (dot >= 0 && dot < text.indexOf(':')) return wrong('unexpected character', text.slice(text.indexOf(':')));
  const percent = text.indexOf('%');
  const address = percent < 0 ? text : text.slice(0, percent);
  if (percent >= 0 && percent === text.length - 1) return wrong('zone must be a non-empty string');
  const problem = readGroups(address, wrong);
  if (problem !== undefined) return problem;
  return percent < 0 ? undefined : 'zone id is not a part of ipv6 address';
}

/** Groups of hexadecimal digits, one gap, an IPv4 address at the end. */
function readGroups(address: string, wrong: (problem: string, at?: string) => string): string | undefined {
  let rest = address;
  let bytes = 0;
  let hasGap = false;
  if (rest.startsWith('::')) {
    hasGap = true;
    rest = rest.slice(2);
    if (rest === '') return undefined;
  }
  while (bytes < 16) {
    const digits = /^[0-9a-fA-F]*/.exec(rest)?.[0] ?? '';
    if (digits.length > 4) {
      return Number.parseInt(digits, 16) > 0xffff && digits.length === 4
        ? wrong('IPv6 field has value >=2^16', rest)
        : wrong('each group must have 4 or less digits', rest);
    }
    if (digits === '') return wrong('each colon-separated field must have at least one digit', rest);
    if (rest[digits.length] === '.') return embeddedProblem(rest, bytes, hasGap, wrong);
    bytes += 2;
    rest = rest.slice(digits.length);
    if (rest === '') break;
    if (!rest.startsWith(':')) return wrong('unexpected character, want colon', rest);
    if (rest.length === 1) return wrong('colon must be followed by more characters', rest);
    rest = rest.slice(1);
    if (rest.startsWith(':')) {
      if (hasGap) return wrong('multiple :: in address', rest);
      hasGap = true;
      rest = rest.slice(1);
      if (rest === '') break;
    }
  }
  if (rest !== '') return wrong('trailing garbage after address', rest);
  return gapProblem(bytes, hasGap, wrong);
}

function embeddedProblem(
  rest: string,
  bytes: number,
  hasGap: boolean,
  wrong: (problem: string, at?: string) => string,
): string | undefined {
  if (!hasGap && bytes !== 12) return wrong('embedded IPv4 address must replace the final 2 fields of the address', rest);
  if (bytes + 4 > 16) return wrong('too many hex fields to fit an embedded IPv4 at the end of the address', rest);
  const isAddress = ipv4Problem(rest) === undefined && !/[-+]/.test(rest);
  return isAddress ? gapProblem(bytes + 4, hasGap, wrong) : wrong('unexpected character', rest);
}

function gapProblem(bytes: number, hasGap: boolean, wrong: (problem: string) => string): string | undefined {
  if (bytes < 16 && !hasGap) return wrong('address string too short');
  return bytes >= 16 && hasGap ? wrong('the :: must expand to at least one field of zeros') : undefined;
}

export function emailProblem(text: string): string | undefined {
  if (byteLength(text) > 254) return 'more than 255 characters long';
  const at = text.lastIndexOf('@');
  if (at < 0) return 'missing @';
  const local = text.slice(0, at);
  const domain = text.slice(at + 1);
  if (byteLength(local) > 64) return 'local part more than 64 characters long';
  const problem = localPartProblem(local);
  if (problem !== undefined) return problem;
  const literal = /^\[(.*)\]$/s.exec(domain)?.[1];
  if (literal === undefined) return prefixed('invalid domain', hostnameProblem(domain));
  if (literal.startsWith('IPv6:')) return prefixed('invalid ipv6 address', ipv6Problem(literal.slice(5)));
  return prefixed('invalid ipv4 address', ipv4Problem(literal));
}

function localPartProblem(local: string): string | undefined {
  const quotedPart = /^"(.*)"$/s.exec(local)?.[1];
  if (quotedPart !== undefined) {
    return /[\\"]/.test(quotedPart) ? 'backslash and quote are not allowed within quoted local part' : undefined;
  }
  if (local.startsWith('.')) return 'starts with dot';
  if (local.endsWith('.')) return 'ends with dot';
  if (local.includes('..')) return 'consecutive dots';
  return badCharacter(local, /^[A-Za-z0-9.!#$%&'*+\-/=?^_`{|}~]$/);
}

function prefixed(what: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${what}: ${problem}`;
}
