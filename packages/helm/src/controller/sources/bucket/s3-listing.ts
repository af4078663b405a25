/** The XML of ListObjectsV2's answers, as far as it is needed: keys, entity tags, whether there is more. */
import { SourceError } from '../source-error.ts';

export interface ListedObject {
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly size: number;
}

export interface ListingPage {
  readonly objects: readonly ListedObject[];
  /** What to ask for the next page with. */
  readonly next?: string;
}

/** @throws SourceError for what is no such answer */
export function parseListing(xml: string): ListingPage {
  const root = /<ListBucketResult[\s>]/.exec(xml);
  if (root === null || /<!DOCTYPE/i.test(xml)) throw new SourceError('the bucket is not listed as S3 does it');
  // Keys come encoded when the server says so; old servers don't know how.
  const isEncoded = elementText(xml, 'EncodingType') === 'url';
  const objects = elements(xml, 'Contents').map((content): ListedObject => {
    const key = decodeEntities(elementText(content, 'Key') ?? '');
    return {
      key: isEncoded ? decodeKey(key) : key,
      etag: decodeEntities(elementText(content, 'ETag') ?? '').replace(/^"(.*)"$/, '$1'),
      size: Number(elementText(content, 'Size') ?? 0),
    };
  });
  const token = elementText(xml, 'NextContinuationToken');
  const isMore = elementText(xml, 'IsTruncated') === 'true' && token !== undefined && token !== '';
  return { objects, ...(isMore ? { next: decodeEntities(token) } : {}) };
}

/** The text of the first element of this name, with its entities. */
export function elementText(xml: string, name: string): string | undefined {
  return elements(xml, name)[0];
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w{2,4}));/g,
    (all, hex, decimal, name: string | undefined) => {
      if (name !== undefined) return ENTITIES[name] ?? all;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : String(all);
    },
  );
}

function elements(xml: string, name: string): string[] {
  const [open, close] = [`<${name}>`, `</${name}>`];
  const found: string[] = [];
  for (let at = xml.indexOf(open); at >= 0; at = xml.indexOf(open, at)) {
    const end = xml.indexOf(close, at);
    if (end < 0) throw new SourceError('the bucket gave XML that is cut short');
    found.push(xml.slice(at + open.length, end));
    at = end + close.length;
  }
  return found;
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (error) {
    throw new SourceError(`the bucket has a key that cannot be read: ${key}`, { cause: error });
  }
}
