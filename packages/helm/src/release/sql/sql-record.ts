/** What a row holds as its body: helm's record, with our annotations as one more member, which helm passes over. */

import { MemberError } from '../read-members.ts';
import { readRelease } from '../read-release.ts';
import { packText, unpackText } from '../record-encoding.ts';
import type { Release } from '../release.ts';
import { releaseText } from '../release-json.ts';

/** Gone when helm writes the record, as annotations of objects are. */
const MEMBER = 'helm.kindred.dev/annotations';

export function encodeSqlRecord(release: Release): string {
  const text = releaseText(release);
  const annotations = release.annotations ?? {};
  if (Object.keys(annotations).length === 0) return packText(text);
  return packText(`${text.slice(0, -1)},${JSON.stringify(MEMBER)}:${JSON.stringify(annotations)}}`);
}

/** Throws MemberError with what is wrong. */
export function decodeSqlRecord(body: string): Release {
  const text = unpackText(body);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MemberError(`the record is not JSON: ${error instanceof Error ? error.message : ''}`, { cause: error });
  }
  const release = readRelease(value);
  const annotations = annotationsOf(value);
  return annotations === undefined ? release : { ...release, annotations };
}

function annotationsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof value !== 'object' || value === null || !(MEMBER in value)) return undefined;
  const found = value[MEMBER];
  if (typeof found !== 'object' || found === null) return undefined;
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
