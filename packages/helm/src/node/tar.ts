/** Reads tar archives: ustar names with prefix, GNU long names, pax paths. */
import { ChartError } from '../chart/chart.ts';

export interface TarEntry {
  readonly name: string;
  readonly data: Uint8Array;
  /** False for links, devices and the like. */
  readonly isFile: boolean;
  /** When it was changed last, in seconds since 1970. */
  readonly modified: number;
  /** The owner may execute it. */
  readonly executable: boolean;
}

const BLOCK = 512;
const decoder = new TextDecoder();

/** The entries, directories with a slash at the end. Throws ChartError. */
export function readTar(archive: Uint8Array): TarEntry[] {
  const entries: TarEntry[] = [];
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    checkSum(header);
    const size = readSize(header);
    const data = archive.subarray(at + BLOCK, at + BLOCK + size);
    if (data.length < size) throw new ChartError('unexpected EOF');
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'L') longName = decoder.decode(data).replace(/\0.*$/s, '');
    else if (type === 'x') longName = paxPath(decoder.decode(data)) ?? longName;
    else if (type !== 'g') {
      const name = longName ?? headerName(header);
      longName = undefined;
      const modified = readTime(header);
      const executable = (Number.parseInt(text(header, 100, 8).trim() || '0', 8) & 0o100) !== 0;
      if (type === '5')
        entries.push({ name: name.endsWith('/') ? name : `${name}/`, data, isFile: false, modified, executable });
      else entries.push({ name, data, isFile: type === '0' || type === '\0', modified, executable });
    }
  }
  return entries;
}

const INVALID_HEADER = 'archive/tar: invalid tar header';

/** The sum of the header's bytes, its own place counted as blanks. Old programs took bytes for signed ones. */
function checkSum(header: Uint8Array): void {
  let unsigned = 0;
  let signed = 0;
  for (const [at, byte] of header.entries()) {
    const counted = at >= 148 && at < 156 ? 0x20 : byte;
    unsigned += counted;
    signed += counted > 127 ? counted - 256 : counted;
  }
  const written = text(header, 148, 8).trim();
  const sum = /^[0-7]+$/.test(written) ? Number.parseInt(written, 8) : -1;
  if (sum !== unsigned && sum !== signed) throw new ChartError(INVALID_HEADER);
}

function text(header: Uint8Array, start: number, length: number): string {
  return decoder.decode(header.subarray(start, start + length)).replace(/\0.*$/s, '');
}

function headerName(header: Uint8Array): string {
  const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
  const name = text(header, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

function readSize(header: Uint8Array): number {
  const digits = text(header, 124, 12).trim();
  if (!/^[0-7]+$/.test(digits)) throw new ChartError(INVALID_HEADER);
  return Number.parseInt(digits, 8);
}

function readTime(header: Uint8Array): number {
  const digits = text(header, 136, 12).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : 0;
}

/** Records are `length key=value` lines. */
function paxPath(records: string): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(records)?.[1];
}
