/**
 * Gives the memories of a module a maximum, by changing its binary form (WebAssembly Core Specification, section 5.5.8):
 * a program that embeds a module can't limit what the module defines in any other way.
 */
import { ChartError } from '../../chart/chart.ts';

const MEMORY_SECTION = 5;
const HEADER = 8;

/** Throws ChartError when the module needs more from the start, or is none. */
export function limitMemory(module: Uint8Array, maxPages: number): Uint8Array {
  const parts: Uint8Array[] = [module.subarray(0, HEADER)];
  for (let at = HEADER; at < module.length; ) {
    const [size, start] = readNumber(module, at + 1);
    const end = start + size;
    if (end > module.length) throw new ChartError('the module is cut off');
    if (module[at] === MEMORY_SECTION) parts.push(limitedSection(module.subarray(start, end), maxPages));
    else parts.push(module.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

function limitedSection(content: Uint8Array, maxPages: number): Uint8Array {
  const [count, first] = readNumber(content, 0);
  const bytes: number[] = [...writeNumber(count)];
  let at = first;
  for (let memory = 0; memory < count; memory++) {
    const flags = content[at] ?? 0;
    const [least, afterLeast] = readNumber(content, at + 1);
    const [most, afterMost] = (flags & 1) === 1 ? readNumber(content, afterLeast) : [maxPages, afterLeast];
    if (least > maxPages) throw new ChartError(overLimit(least, maxPages));
    bytes.push(flags | 1, ...writeNumber(least), ...writeNumber(Math.min(most, maxPages)));
    at = afterMost;
  }
  return Uint8Array.from([MEMORY_SECTION, ...writeNumber(bytes.length), ...bytes]);
}

/** In the words of helm's runtime. */
export function overLimit(pages: number, limit: number): string {
  return `section memory: min ${pages} pages (${sizeText(pages)}) over limit of ${limit} pages (${sizeText(limit)})`;
}

function sizeText(pages: number): string {
  const kibibytes = pages * 64;
  return kibibytes >= 1024 ? `${Math.floor(kibibytes / 1024)} Mi` : `${kibibytes} Ki`;
}

/** An unsigned LEB128 number, and where it ends. */
function readNumber(bytes: Uint8Array, from: number): readonly [number, number] {
  let value = 0;
  for (let at = from, shift = 0; shift < 35; at++, shift += 7) {
    const byte = bytes[at];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at + 1];
  }
  throw new ChartError('the module is cut off');
}

function writeNumber(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}
