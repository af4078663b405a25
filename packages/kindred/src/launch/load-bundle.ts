/**
 * Runs a bundled program: a script, and the parts that it requires when it needs them, out of a pack of those that earlier
 * starts have needed ({@link openPack}). Modules of Node wait too until something of them is used.
 */
import { lazyModule } from './lazy-module.ts';
import { type ImportMetaLike, openPack } from './pack.ts';

// As modules they would first be gone through for all that they export, which takes longer than what is done with them.
const { readFileSync } = process.getBuiltinModule('node:fs');
const { createRequire } = process.getBuiltinModule('node:module');
const { fileURLToPath } = process.getBuiltinModule('node:url');

/**
 * Runs the bundle `NAME.cjs` that stands beside the module of `meta`, and those that it requires, and gives what it exports.
 * A cached script cannot load modules by `import()`: a bundle that must is given a function that does.
 *
 * @param variant what the program is about to do: each of its ways has a pack of its own
 */
export function loadBundle(name: string, meta: ImportMetaLike, variant: string): object {
  const place = (file: string): string => fileURLToPath(new URL(file, meta.url));
  const pack = openPack(place(`./${name}.${variant}.pack`), (part) => readFileSync(place(`./${part}.cjs`), 'latin1'));
  const packages = createRequire(meta.url);
  const loaded = new Map<string, { exports: object }>();
  const load = (specifier: string): object => {
    const part = /^\.\/(.+)\.js$/.exec(specifier)?.[1];
    if (part === undefined) return lazyModule(specifier, packages);
    const before = loaded.get(part);
    if (before !== undefined) return before.exports;
    const module = { exports: {} };
    loaded.set(part, module);
    pack.program(part)(require, module.exports, module, meta);
    return module.exports;
  };
  const require = Object.assign(load, packages);
  // At the end everything that a start needs has been compiled, functions that are compiled on their first call included.
  process.once('exit', (code) => {
    if (code === 0) pack.save();
  });
  return load(`./${name}.js`);
}
