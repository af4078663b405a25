/**
 * Runs a bundled program with V8's code cache, which spares a start the compiling of what earlier ones have compiled. Node
 * has this built in from 22.1 on (`module.enableCompileCache`); here it is `vm.Script` with its cached data in a file
 * beside the bundle. A cache of another Node version, or of another build, is rejected by V8 and made anew.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/** What the bundle's code sees as `import.meta`: the launcher stands in the same directory. */
type ImportMetaLike = Pick<ImportMeta, 'url' | 'resolve'>;
type Program = (require: NodeJS.Require, exports: object, module: { exports: object }, meta: ImportMetaLike) => void;

/**
 * Runs the bundle `NAME.cjs` that stands beside the module of `meta`, and those that it requires, and gives what it exports.
 * A cached script cannot load modules by `import()`: a bundle that must is given a function that does.
 *
 * @param variant what the program is about to do: each of its ways has a cache of its own
 */
export function loadBundle(name: string, meta: ImportMetaLike, variant: string): object {
  const packages = createRequire(meta.url);
  const loaded = new Map<string, object>();
  const uncached: Array<() => void> = [];
  const load = (specifier: string): unknown => {
    const bundle = /^\.\/(.+)\.js$/.exec(specifier)?.[1];
    if (bundle === undefined) return packages(specifier);
    const before = loaded.get(bundle);
    if (before !== undefined) return before;
    const module = { exports: {} };
    const file = fileURLToPath(new URL(`./${bundle}.cjs`, meta.url));
    compile(file, variant, uncached)(require, module.exports, module, meta);
    loaded.set(bundle, module.exports);
    return module.exports;
  };
  const require = Object.assign(load, packages);
  // At the end everything that a start needs has been compiled, functions that are compiled on their first call included.
  process.once('exit', (code) => {
    if (code === 0) for (const writeCache of uncached) writeCache();
  });
  return load(`./${name}.js`) as object;
}

/** @param uncached gets what will write the cache of a script that has none */
function compile(file: string, variant: string, uncached: Array<() => void>): Program {
  const cacheFile = `${file}.${variant}.cache`;
  const cachedData = readIfThere(cacheFile);
  const source = `(function (require, exports, module, __importMeta) {${readFileSync(file, 'latin1')}\n})`;
  const script = new Script(source, {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (cachedData === undefined || script.cachedDataRejected === true) {
    uncached.push(() => writeCache(cacheFile, script.createCachedData()));
  }
  // The script is the function expression above.
  return script.runInThisContext() as Program;
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
function writeCache(file: string, data: Buffer): void {
  const beside = `${file}.${process.pid}`;
  try {
    writeFileSync(beside, data);
    renameSync(beside, file);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
