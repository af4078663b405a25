/** Writes tar archives byte by byte as Go's archive/tar does: ustar headers, pax ones for names that don't fit. */

export interface TarFile {
  readonly name: string;
  readonly data: Uint8Array;
  /** Seconds since 1970. */
  readonly modified: number;
  /** Permissions; 0644 when not given. */
  readonly mode?: number;
}

const BLOCK = 512;
const FILE = '0';
const PAX = 'x';

export function writeTar(files: readonly TarFile[]): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (const file of files) {
    const place = splitName(file.name);
    if (place === undefined) blocks.push(...paxHeader(file.name));
    const { name, prefix } = place ?? { name: cutAscii(file.name), prefix: '' };
    blocks.push(
      header({ name, prefix, type: FILE, size: file.data.length, modified: file.modified, mode: file.mode ?? 0o644 }),
    );
    blocks.push(file.data, padding(file.data.length));
  }
  blocks.push(new Uint8Array(2 * BLOCK));
  return Buffer.concat(blocks);
}

/** Name and prefix of an ustar header; undefined when it needs a pax one. */
function splitName(path: string): { name: string; prefix: string } | undefined {
  // oxlint-disable-next-line no-control-regex -- the range of ASCII is what is meant
  if (!/^[\x01-\x7f]*$/.test(path)) return undefined;
  if (path.length <= 100) return { name: path, prefix: '' };
  const slash = path.lastIndexOf('/', 155);
  if (slash <= 0 || path.length - slash - 1 > 100 || slash === path.length - 1) return undefined;
  return { name: path.slice(slash + 1), prefix: path.slice(0, slash) };
}

function cutAscii(path: string): string {
  // oxlint-disable-next-line no-control-regex -- the range of ASCII is what is meant
  return path.replace(/[^\x01-\x7f]/g, '').slice(0, 100);
}

function paxHeader(path: string): Uint8Array[] {
  const data = Buffer.from(paxRecord('path', path));
  const slash = path.lastIndexOf('/');
  const name = cutAscii(`${path.slice(0, slash + 1)}PaxHeaders.0/${path.slice(slash + 1)}`);
  return [header({ name, prefix: '', type: PAX, size: data.length, modified: 0, mode: 0 }), data, padding(data.length)];
}

/** Its own length is part of the record. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (bytes + String(length).length !== length) length = bytes + String(length).length;
  return `${length}${rest}`;
}

interface Header {
  readonly name: string;
  readonly prefix: string;
  readonly type: string;
  readonly size: number;
  readonly modified: number;
  readonly mode: number;
}

function header({ name, prefix, type, size, modified, mode }: Header): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, width: number): void => {
    block.write(value.toString(8).padStart(width - 1, '0'), at, 'latin1');
  };
  block.write(name, 0, 'latin1');
  octal(size, 124, 12);
  block.write(type, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(prefix, 345, 'latin1');
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(modified, 136, 12);
  // Go leaves these empty in headers that only say more about the next one.
  if (type === FILE) {
    octal(0, 329, 8);
    octal(0, 337, 8);
  }
  // The sum is taken with blanks in its own place.
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function padding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}
