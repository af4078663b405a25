/** Mail addresses and URLs as helm's lint accepts them (the library govalidator). */
import { parseUrl } from '../functions/urls.ts';
import { FunctionError } from '../go/function-error.ts';
import type { GoMap } from '../go/value.ts';

const EMAIL = /^[^\s@"(),:;<>[\]\\]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}][\p{L}\p{N}-]*$/u;

export function isEmail(text: string): boolean {
  return EMAIL.test(text) && !/^\.|\.\.|\.@/.test(text);
}

const URL_SHAPE =
  /^(?:(?:ftp|tcp|udp|wss?|https?):\/\/)?(?:\S+@)?(?:\[[0-9a-f:.]+\]|[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?)\.?(?::\d{1,5})?(?:[/?#]\S*)?$/iu;

export function isUrl(text: string): boolean {
  if (text.length <= 3 || text.length >= 2083 || text.startsWith('.')) return false;
  const url = parsed(text.includes(':') && !text.includes('://') ? `http://${text}` : text);
  if (url === undefined) return false;
  const [host, path] = [textOf(url, 'host'), textOf(url, 'path')];
  if (host.startsWith('.') || (host === '' && path !== '' && !path.includes('.'))) return false;
  return URL_SHAPE.test(text);
}

/** A URL with a scheme. */
export function isRequestUrl(text: string): boolean {
  const url = parsed(text);
  return url !== undefined && textOf(url, 'scheme') !== '';
}

function parsed(text: string): GoMap | undefined {
  try {
    return parseUrl(text);
  } catch (error) {
    if (error instanceof FunctionError) return undefined;
    throw error;
  }
}

function textOf(url: GoMap, part: string): string {
  const value = url.get(part);
  return typeof value === 'string' ? value : '';
}
