/** Addresses as Go's netip.ParseAddr reads them, with its words for what is wrong. */
import { quote } from './quote.ts';

/** Makes the message: what is wrong, and the rest of the text from there. */
type Wrong = (problem: string, at?: string) => string;

/** Undefined for an IPv4 or IPv6 address. */
export function addressProblem(text: string): string | undefined {
  const wrong: Wrong = (problem, at) =>
    `ParseAddr(${quote(text)}): ${problem}${at === undefined ? '' : ` (at ${quote(at)})`}`;
  const mark = /[.:%]/.exec(text)?.[0];
  if (mark === '.') return fieldsProblem(text, wrong);
  if (mark === '%') return wrong('missing IPv6 address');
  if (mark === undefined) return wrong('unable to parse IP');
  const percent = text.indexOf('%');
  if (percent === text.length - 1) return wrong('zone must be a non-empty string');
  return groupsProblem(percent < 0 ? text : text.slice(0, percent), wrong);
}

/** Four decimals with dots. */
function fieldsProblem(text: string, wrong: Wrong): string | undefined {
  let fields = 0;
  let digits = '';
  for (let at = 0; at < text.length; at++) {
    const each = text[at] ?? '';
    const rest = text.slice(at);
    if (/\d/.test(each)) {
      if (digits === '0') return wrong('IPv4 field has octet with leading zero');
      digits += each;
      if (Number(digits) > 255) return wrong('IPv4 field has value >255');
    } else if (each === '.') {
      if (at === 0 || at === text.length - 1 || text[at - 1] === '.') {
        return wrong('IPv4 field must have at least one digit', rest);
      }
      if (fields === 3) return wrong('IPv4 address too long');
      fields++;
      digits = '';
    } else return wrong('unexpected character', rest);
  }
  return fields < 3 ? wrong('IPv4 address too short') : undefined;
}

/** Groups of hexadecimal digits, one gap, an IPv4 address at the end. */
function groupsProblem(address: string, wrong: Wrong): string | undefined {
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
    if (digits.length > 4) return wrong('each group must have 4 or less digits', rest);
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

function embeddedProblem(rest: string, bytes: number, hasGap: boolean, wrong: Wrong): string | undefined {
  if (!hasGap && bytes !== 12)
    return wrong('embedded IPv4 address must replace the final 2 fields of the address', rest);
  if (bytes + 4 > 16) return wrong('too many hex fields to fit an embedded IPv4 at the end of the address', rest);
  return fieldsProblem(rest, wrong) ?? gapProblem(bytes + 4, hasGap, wrong);
}

function gapProblem(bytes: number, hasGap: boolean, wrong: Wrong): string | undefined {
  if (bytes < 16 && !hasGap) return wrong('address string too short');
  return bytes >= 16 && hasGap ? wrong('the :: must expand to at least one field of zeros') : undefined;
}
