/**
 * Reads a chart from a .tgz. Refuses what could leave the chart's directory (absolute paths, `..`, backslashes, drive
 * letters), links, and archives that unpack to more than the limits.
 */
import { gunzipSync } from 'node:zlib';
import { type Chart, ChartError, type ChartFile } from '../chart/chart.ts';
import { loadChartFiles } from '../chart/load-files.ts';
import { quote } from '../go/quote.ts';
import { type ChartLimits, DEFAULT_CHART_LIMITS } from './chart-limits.ts';
import { readTar } from './tar.ts';

/** Throws ChartError. */
export function loadArchive(archive: Uint8Array, limits: ChartLimits = DEFAULT_CHART_LIMITS): Chart {
  const files = unpackWhole(archive, limits);
  if (!files.some(({ name }) => name === 'Chart.yaml')) {
    throw new ChartError('unable to detect chart version, no Chart.yaml found');
  }
  return loadChartFiles(files, unpackArchive);
}

/** Helm keeps what is wrong to itself. */
function unpackWhole(archive: Uint8Array, limits: ChartLimits): ChartFile[] {
  try {
    return unpackArchive(archive, limits);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError(`unable to load chart archive: ${error.message}`, { cause: error });
  }
}

/** The files of an archive without the directory that they are all in. Throws ChartError. */
export function unpackArchive(archive: Uint8Array, limits: ChartLimits = DEFAULT_CHART_LIMITS): ChartFile[] {
  const files: ChartFile[] = [];
  let remaining = limits.totalBytes;
  const tooLarge = (): ChartError =>
    new ChartError(`decompressed chart is larger than the maximum size ${limits.totalBytes}`);
  for (const { name, data, isFile, modified, executable } of readTar(unzip(archive, limits))) {
    const path = innerPath(name);
    if (path === undefined) continue;
    // Helm takes links for empty files, which nobody can have meant.
    if (!isFile) throw new ChartError(`chart illegally contains a link or a device: ${quote(name)}`);
    if (data.length > remaining) throw tooLarge();
    if (data.length > limits.fileBytes) {
      const limit = `is larger than the maximum file size ${limits.fileBytes}`;
      throw new ChartError(`decompressed chart file ${quote(name)} ${limit}`);
    }
    remaining -= data.length;
    if (remaining <= 0) throw tooLarge();
    const changed = timeText(BigInt(modified) * 1_000_000_000n);
    files.push({ name: path, data: withoutBom(data), modified: changed, ...(executable ? { executable } : {}) });
  }
  if (files.length === 0) throw new ChartError('no files in chart archive');
  return files;
}

/** Nanoseconds since 1970 as Go writes a time in JSON, in UTC. */
export function timeText(nanoseconds: bigint): string {
  const second = 1_000_000_000n;
  const rest = ((nanoseconds % second) + second) % second;
  const whole = new Date(Number((nanoseconds - rest) / 1_000_000n)).toISOString().slice(0, -5);
  return `${whole}${rest === 0n ? '' : `.${String(rest).padStart(9, '0').replace(/0+$/, '')}`}Z`;
}

function unzip(archive: Uint8Array, limits: ChartLimits): Uint8Array {
  try {
    // Headers and padding of the tar come on top of what the files hold.
    return gunzipSync(archive, { maxOutputLength: limits.totalBytes + 10 * 1024 * 1024 });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new ChartError(`decompressed chart is larger than the maximum size ${limits.totalBytes}`, { cause: error });
    }
    throw new ChartError(archive.length === 0 ? 'EOF' : gzipProblem(error), { cause: error });
  }
}

/** In Go's words. */
function gzipProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  const message = error instanceof Error ? error.message : '';
  if (code === 'Z_BUF_ERROR') return 'unexpected EOF';
  if (message === 'incorrect data check' || message === 'incorrect length check') return 'gzip: invalid checksum';
  return message === 'incorrect header check' ? 'gzip: invalid header' : 'flate: corrupt input';
}

function withoutBom(data: Uint8Array): Uint8Array {
  return data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? data.subarray(3) : data;
}

/** Throws ChartError for a file that can't be an archive of a chart. @param name of the file, for the message */
export function expectArchive(name: string, data: Uint8Array): void {
  if (data[0] === 0x1f && data[1] === 0x8b && data[2] === 0x08) return;
  if (/\.ya?ml$/.test(name)) {
    throw new ChartError(`file '${name}' seems to be a YAML file, but expected a gzipped archive`);
  }
  const isText = data.subarray(0, 512).every((byte) => byte > 0x1b || [0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte));
  const type = isText ? 'text/plain; charset=utf-8' : 'application/octet-stream';
  throw new ChartError(`file '${name}' does not appear to be a gzipped archive; got '${type}'`);
}

/** The path inside the chart; undefined for a directory. Archives made on Windows may have backslashes. */
function innerPath(name: string): string | undefined {
  if (name.endsWith('/')) return undefined;
  if (name.includes('\0')) throw new ChartError(`chart contains illegally named files: ${JSON.stringify(name)}`);
  const parts = name.split(name.includes('\\') ? '\\' : '/');
  const path = parts.slice(1).join('/');
  if (path.startsWith('/')) throw new ChartError('chart illegally contains absolute paths');
  const clean = cleanPath(path);
  if (clean === '') throw new ChartError(`chart illegally contains content outside the base directory: ${quote(name)}`);
  if (clean.startsWith('..')) throw new ChartError('chart illegally references parent directory');
  if (/^[A-Za-z]:\//.test(clean)) throw new ChartError('chart contains illegally named files');
  if (parts[0] === 'Chart.yaml') throw new ChartError('chart yaml not in base directory');
  return clean;
}

/** Without `.`, and `..` only at the start; empty for the directory itself. */
function cleanPath(path: string): string {
  const clean: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && clean.length > 0 && clean.at(-1) !== '..') clean.pop();
    else clean.push(part);
  }
  return clean.join('/');
}
