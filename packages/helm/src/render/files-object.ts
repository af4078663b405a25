/** `.Files`: the files of the chart that are no templates, with `Get`, `Glob`, `AsConfig`, `AsSecrets`, `Lines`. */
import type { ChartFile } from '../chart/chart.ts';
import { compileGlob } from '../chart/glob.ts';
import { basePath } from '../functions/paths.ts';
import { fromBytes } from '../go/bytes.ts';
import { fn } from '../go/define-function.ts';
import { type GoFunction, GoMap, type GoSlice, type GoValue, goInt, stringSlice } from '../go/value.ts';
import { writeYaml } from '../yaml/write.ts';

const FILES_TYPE = 'engine.files';

/**
 * A map from names to bytes, whose methods read them.
 *
 * @param onRead hears the name of each file that a template reads or asks for by a pattern
 */
export function filesObject(files: readonly ChartFile[], onRead: (name: string) => void): GoMap {
  const contents = new Map(files.map(({ name, data }) => [name, data]));
  const read = (name: string): Uint8Array => {
    const data = contents.get(name);
    if (data !== undefined) onRead(name);
    return data ?? new Uint8Array();
  };
  const text = (name: string): string => fromBytes(read(name));
  const yaml = (valueOf: (data: Uint8Array) => GoValue): string => {
    if (contents.size === 0) return '{}';
    for (const name of contents.keys()) onRead(name);
    const entries = [...contents]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, data]) => [basePath(name), valueOf(data)] as const);
    return writeYaml(new GoMap(entries)).replace(/\n$/, '');
  };
  const methods = new Map<string, GoFunction>([
    ['Get', fn(['string'], text)],
    ['GetBytes', fn(['string'], (name) => byteSlice(() => read(name)))],
    [
      'Lines',
      fn(['string'], (name) => stringSlice(contents.has(name) ? text(name).replace(/\n$/, '').split('\n') : [])),
    ],
    [
      'Glob',
      fn(['string'], (pattern) => {
        const matching = files.filter(globTest(pattern));
        for (const { name } of matching) onRead(name);
        return filesObject(matching, onRead);
      }),
    ],
    ['AsConfig', fn([], () => yaml(fromBytes))],
    ['AsSecrets', fn([], () => yaml((data) => btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(''))))],
  ]);
  return new GoMap(
    [...contents.keys()].map((name) => [name, byteSlice(() => read(name))]),
    FILES_TYPE,
    methods,
  );
}

/** A broken pattern matches everything, as in helm. */
function globTest(pattern: string): (file: ChartFile) => boolean {
  const matches = compileGlob(pattern);
  return ({ name }) => matches === undefined || matches(name);
}

/** Bytes as a Go slice; its elements are only made when a template looks at them. */
function byteSlice(read: () => Uint8Array): GoSlice {
  return {
    go: 'slice',
    type: '[]uint8',
    get items() {
      return Array.from(read(), (byte) => goInt(byte, 'uint8'));
    },
  };
}
