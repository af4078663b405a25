/** Sprig's urlParse and urlJoin, after Go's package net/url. */
import { fromBytes, toBytes } from '../go/bytes.ts';
import { fn } from '../go/define-function.ts';
import { FunctionError } from '../go/function-error.ts';
import { addressProblem } from '../go/ip-address.ts';
import { quote } from '../go/quote.ts';
import { type GoFunction, GoMap, type GoValue } from '../go/value.ts';

function fail(url: string, problem: string): never {
  throw new FunctionError(`unable to parse url: parse ${quote(url)}: ${problem}`);
}

function unescape(url: string, text: string): string {
  const wrong = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text);
  if (wrong !== null) fail(url, `invalid URL escape ${quote(wrong[0])}`);
  if (!text.includes('%')) return text;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '%') {
      bytes.push(Number.parseInt(text.slice(at + 1, at + 3), 16));
      at += 2;
    } else {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      bytes.push(...toBytes(character));
      at += character.length - 1;
    }
  }
  return fromBytes(Uint8Array.from(bytes));
}

/** Escapes what may not stand in the part; `keep` names the punctuation that may. */
function escape(text: string, keep: RegExp): string {
  let out = '';
  for (const byte of toBytes(text)) {
    const character = String.fromCharCode(byte);
    const plain = byte < 0x80 && (/[A-Za-z0-9\-_.~]/.test(character) || keep.test(character));
    out += plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/** The parts of the URL, as urlParse gives them. Throws FunctionError. */
export function parseUrl(url: string): GoMap {
  // oxlint-disable-next-line no-control-regex -- control characters are what net/url refuses
  if (/[\x00-\x1f\x7f]/.test(url)) fail(url, 'net/url: invalid control character in URL');
  const hash = url.indexOf('#');
  const fragment = hash < 0 ? '' : unescape(url, url.slice(hash + 1));
  let rest = hash < 0 ? url : url.slice(0, hash);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(rest)?.[1] ?? '';
  if (scheme === '' && rest.startsWith(':')) fail(url, 'missing protocol scheme');
  if (scheme !== '') rest = rest.slice(scheme.length + 1);
  const mark = rest.indexOf('?');
  const query = mark < 0 ? '' : rest.slice(mark + 1);
  if (mark >= 0) rest = rest.slice(0, mark);
  const parts = { opaque: '', host: '', userinfo: '', path: rest };
  if (!rest.startsWith('/') && scheme !== '') {
    [parts.opaque, parts.path] = [rest, ''];
  } else {
    if (!rest.startsWith('/') && /^[^/]*:/.test(rest)) fail(url, 'first path segment in URL cannot contain colon');
    readAuthority(url, scheme, rest, parts);
  }
  return new GoMap([
    ['scheme', scheme.toLowerCase()],
    ['host', parts.host],
    ['hostname', hostName(parts.host)],
    ['path', unescape(url, parts.path)],
    ['query', query],
    ['opaque', parts.opaque],
    ['fragment', fragment],
    ['userinfo', parts.userinfo],
  ]);
}

function readAuthority(
  url: string,
  scheme: string,
  rest: string,
  parts: { host: string; userinfo: string; path: string },
) {
  if (!rest.startsWith('//') || (scheme === '' && rest.startsWith('///'))) return;
  const slash = rest.indexOf('/', 2);
  const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
  parts.path = slash < 0 ? '' : rest.slice(slash);
  const at = authority.lastIndexOf('@');
  if (at >= 0) parts.userinfo = userText(url, authority.slice(0, at));
  const host = authority.slice(at + 1);
  if (host.startsWith('[') && !host.includes(']')) fail(url, "missing ']' in host");
  const port = /^(?:\[[^\]]*\]|[^:]*)(:.*)?$/.exec(host)?.[1];
  if (port === undefined ? host.replace(/^\[.*\]/, '').includes(':') : !/^:\d*$/.test(port)) {
    fail(url, `invalid port ${quote(port ?? host.slice(host.lastIndexOf(':')))} after host`);
  }
  const literal = /^\[(.*)\]/.exec(host)?.[1];
  if (literal !== undefined) checkLiteral(url, literal);
  const bad = /[ "<>\\^`{|}]/.exec(host);
  if (bad !== null) fail(url, `invalid character ${quote(bad[0])} in host name`);
  parts.host = unescape(url, host);
}

/** Only IPv6 addresses may stand in brackets. */
function checkLiteral(url: string, literal: string): void {
  const address = literal.replace('%25', '%');
  const problem = addressProblem(address);
  if (problem !== undefined) fail(url, `invalid host: ${problem}`);
  if (!address.includes(':')) fail(url, 'invalid IP-literal');
}

function userText(url: string, text: string): string {
  const colon = text.indexOf(':');
  const keep = /[$&+,;=]/;
  const name = escape(unescape(url, colon < 0 ? text : text.slice(0, colon)), keep);
  return colon < 0 ? name : `${name}:${escape(unescape(url, text.slice(colon + 1)), keep)}`;
}

function hostName(host: string): string {
  const literal = /^\[([^\]]*)\]/.exec(host)?.[1];
  return literal ?? host.replace(/:\d*$/, '');
}

function join(map: GoMap): string {
  const part = (name: string): string => {
    const value: GoValue = map.has(name) ? map.get(name) : '';
    if (typeof value === 'string') return value;
    throw new FunctionError(`unable to parse ${name} key, must be of type string, but interface found`);
  };
  const scheme = part('scheme');
  const host = part('host');
  const userinfo = part('userinfo');
  const opaque = part('opaque');
  const query = part('query');
  const fragment = part('fragment');
  let out = scheme === '' ? '' : `${scheme}:`;
  if (opaque !== '') out += opaque;
  else out += authorityAndPath(scheme, userinfo, host, part('path'));
  if (query !== '') out += `?${query}`;
  if (fragment !== '') out += `#${escape(fragment, /[$&+,/:;=?@!()*']/)}`;
  return out;
}

function authorityAndPath(scheme: string, userinfo: string, host: string, path: string): string {
  let out = '';
  if (scheme !== '' || host !== '' || userinfo !== '') {
    if (host !== '' || path !== '' || userinfo !== '') out += '//';
    if (userinfo !== '') out += `${userinfo}@`;
    out += escape(host, /[!$&'()*+,;=:[\]<>"]/);
  }
  const escaped = escape(path, /[$&+,/:;=@!()*']/);
  if (escaped !== '' && !escaped.startsWith('/') && host !== '') out += '/';
  return out + escaped;
}

export const urlFunctions: Readonly<Record<string, GoFunction>> = {
  urlParse: fn(['string'], parseUrl),
  urlJoin: fn(['map'], join),
};
