/**
 * The parts of a program that one of its commands needs, in one file with V8's code cache of them, which spares a start the
 * compiling of what earlier ones have compiled, and the reading of all the rest. Node has a code cache built in from 22.1 on
 * (`module.enableCompileCache`); here it is `vm.Script` with its cached data.
 *
 * A first start finds no pack: it reads its parts one by one and leaves their text. A second one runs that and adds what it
 * has compiled. A cache of another Node version is rejected by V8 and made anew; a build removes all packs.
 */
import type { Script as VmScript } from 'node:vm';

// See load-bundle.ts.
const { readFileSync, renameSync, writeFileSync } = process.getBuiltinModule('node:fs');
const { Script } = process.getBuiltinModule('node:vm');

/** What the bundle's code sees as `import.meta`: the launcher stands in the same directory. */
export type ImportMetaLike = Pick<ImportMeta, 'url' | 'resolve'>;
export type Program = (
  require: NodeJS.Require,
  exports: object,
  module: { exports: object },
  meta: ImportMetaLike,
) => void;

export interface Pack {
  /** The part of that name, ready to run. */
  program(name: string): Program;
  /** Writes the pack, when this start has added something to it. */
  save(): void;
}

/** Digits of the text's length at the beginning of the file; then come the text, the cache. */
const LENGTH_DIGITS = 8;

/** @param read gives the text of a part that the pack doesn't have */
export function openPack(file: string, read: (name: string) => string): Pack {
  const { programs, uncached } = runPack(file);
  const added: string[] = [];
  return {
    program(name) {
      const packed = programs[name];
      if (packed !== undefined) return packed;
      const source = `function (require, exports, module, __importMeta) {${read(name)}\n}`;
      // The map of one part would be taken for that of the whole pack.
      added.push(`${JSON.stringify(name)}: ${source.replace(/^\/\/# sourceMappingURL=.*$/m, '')},\n`);
      // The script is the function expression above.
      return new Script(`(${source})`, { filename: `${name}.cjs` }).runInThisContext() as Program;
    },
    save() {
      if (added.length > 0) writePack(file, contentOf(file).text + added.join(''));
      else if (uncached !== undefined) writePack(file, uncached.text, uncached.script.createCachedData());
    },
  };
}

interface RunningPack {
  readonly programs: Readonly<Record<string, Program>>;
  /** Where a cache is still to be made. Otherwise nothing holds the text and the cache in memory: they are megabytes. */
  readonly uncached: { readonly text: string; readonly script: VmScript } | undefined;
}

function runPack(file: string): RunningPack {
  const { text, cachedData } = contentOf(file);
  const script = new Script(`({${text}})`, { filename: file, ...(cachedData === undefined ? {} : { cachedData }) });
  const isCached = cachedData !== undefined && script.cachedDataRejected !== true;
  // The script is an object of functions.
  const programs = script.runInThisContext() as Record<string, Program>;
  return { programs, uncached: isCached ? undefined : { text, script } };
}

function contentOf(file: string): { readonly text: string; readonly cachedData?: Buffer } {
  const content = readIfThere(file);
  if (content === undefined) return { text: '' };
  const end = LENGTH_DIGITS + Number.parseInt(content.toString('latin1', 0, LENGTH_DIGITS), 16);
  const text = content.toString('latin1', LENGTH_DIGITS, end);
  return end === content.length ? { text } : { text, cachedData: content.subarray(end) };
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

/** Renamed into place, so that nobody reads half of it. Where the program may not write, it goes on without. */
function writePack(file: string, text: string, cachedData: Uint8Array = new Uint8Array()): void {
  const beside = `${file}.${process.pid}`;
  const length = text.length.toString(16).padStart(LENGTH_DIGITS, '0');
  try {
    writeFileSync(beside, Buffer.concat([Buffer.from(length + text, 'latin1'), cachedData]));
    renameSync(beside, file);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
