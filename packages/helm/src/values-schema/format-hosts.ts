/** Formats of addresses: hosts, IPv4 (RFC 2673), IPv6 (RFC 4291), mail. */
import { addressProblem } from '../go/ip-address.ts';
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
  return addressProblem(text) ?? (text.includes('%') ? 'zone id is not a part of ipv6 address' : undefined);
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
