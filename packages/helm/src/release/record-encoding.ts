/**
 * The text that a release is stored as: base64 of gzip of JSON. A Secret wraps it in base64 once more, as it does with all
 * data. Records of old releases are not compressed.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { MemberError } from './read-members.ts';
import { readRelease } from './read-release.ts';
import type { Release } from './release.ts';
import { releaseText } from './release-json.ts';

/** A record may unpack to this much; more is no record but an attack on the reader. */
const MAX_RECORD = 256 * 1024 * 1024;

export function encodeRecord(release: Release): string {
  return packText(releaseText(release));
}

/** base64 of gzip. */
export function packText(text: string): string {
  return gzipSync(text, { level: 9 }).toString('base64');
}

/** Throws MemberError with what is wrong. */
export function decodeRecord(encoded: string): Release {
  const json = unpackText(encoded);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new MemberError(`the record is not JSON: ${error instanceof Error ? error.message : ''}`, { cause: error });
  }
  return readRelease(value);
}

export function unpackText(encoded: string): string {
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(encoded) || encoded.trim() === '') {
    throw new MemberError(encoded.trim() === '' ? 'the record is empty' : 'the record is not base64');
  }
  const bytes = Buffer.from(encoded, 'base64');
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08;
  try {
    return (isPacked ? gunzipSync(bytes, { maxOutputLength: MAX_RECORD }) : bytes).toString('utf8');
  } catch (error) {
    throw new MemberError(`the record can't be unpacked: ${error instanceof Error ? error.message : ''}`, {
      cause: error,
    });
  }
}
