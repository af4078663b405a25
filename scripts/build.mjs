// Compiles every package (tsc project references), then bundles the programs that `npm start` runs.
// One file a program loads several times faster than the module tree it is made of.
import { spawnSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { settleExports } from './settle-exports.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

function compile() {
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], {
    cwd: root,
    stdio: 'inherit',
  });
  return status === 0;
}

/** Programs, each run by the module of the same name with V8's code cache (packages/kindred/src/launch). */
const programs = {
  'node-agent': 'packages/node/dist/main.js',
};
/** The platform, and what of it only some starts load: bundles that share a third one. */
const platform = {
  kindred: 'packages/kindred/dist/main.js',
  'helm-controller': 'packages/helm/dist/controller/extension.js',
};
/** The command: what its commands share, and what each has for itself. */
const command = { helm: 'packages/helm/dist/command/main.js' };
const modules = {
  kindred: 'packages/kindred/dist/launch/kindred.js',
  helm: 'packages/kindred/dist/launch/helm.js',
  'node-agent': 'packages/kindred/dist/launch/node-agent.js',
  'sqlite-worker': 'packages/store/dist/sqlite/worker.js',
  'wasm-worker': 'packages/helm/dist/plugins/wasm/worker.js',
};

const outdir = join(root, 'packages/kindred/dist/bundle');
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  // Native code stays a package of its own, and so do openpgp, whose license (LGPL) wants it replaceable, and pg;
  // node:sqlite is there on newer Node only. The protocol of the language server would make every start of helm read it.
  external: ['libsql', 'node:sqlite', 'openpgp', 'pg', 'vscode-languageserver', 'vscode-languageserver-textdocument'],
};
/** Scripts for V8's code cache, which knows no modules. */
const scripts = {
  outdir,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta': '__importMeta' },
  supported: { 'dynamic-import': false },
  sourcemap: 'linked',
};

async function bundle() {
  const { build } = await import('esbuild');
  await rm(outdir, { recursive: true, force: true });
  await build({ ...common, ...scripts, entryPoints: entryPoints(programs) });
  await bundleSplit(build, platform, [loadedWhenAskedFor('@kindred/helm/controller', './helm-controller.js')]);
  await bundleSplit(build, command, []);
  await build({
    ...common,
    outdir,
    entryPoints: entryPoints(modules),
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    sourcemap: 'linked',
  });
}

/** esbuild splits modules only, so they become scripts in a second step. */
async function bundleSplit(build, programs, plugins) {
  const [prefix] = Object.keys(programs);
  const split = join(root, 'packages/kindred/dist/split');
  await rm(split, { recursive: true, force: true });
  await build({
    ...common,
    outdir: split,
    entryPoints: entryPoints(programs),
    format: 'esm',
    splitting: true,
    chunkNames: `${prefix}-[hash]`,
    sourcemap: 'inline',
    plugins,
  });
  const modules = await readdir(split);
  // Otherwise the default export of a bundle would be all of it, as Node has it for modules that require scripts.
  await writeFile(join(split, 'package.json'), '{ "type": "commonjs" }');
  const { external: _, ...single } = common;
  await build({ ...single, ...scripts, bundle: false, entryPoints: modules.map((file) => join(split, file)) });
  await rm(split, { recursive: true });
  const names = modules.map((file) => file.slice(0, -'.js'.length));
  const texts = await Promise.all(names.map((name) => readFile(join(outdir, `${name}.cjs`), 'utf8')));
  const settled = settleExports(new Map(names.map((name, index) => [name, texts[index]])));
  await Promise.all([...settled].map(([name, text]) => writeFile(join(outdir, `${name}.cjs`), text)));
}

/** Leaves `import()` of a module to the launcher, which finds the bundle. */
function loadedWhenAskedFor(specifier, path) {
  return {
    name: 'loaded-when-asked-for',
    setup(build) {
      build.onResolve({ filter: /^@kindred\// }, (found) =>
        found.path === specifier && found.kind === 'dynamic-import' ? { path, external: true } : undefined,
      );
    },
  };
}

function entryPoints(files) {
  return Object.entries(files).map(([out, file]) => ({ out, in: join(root, file) }));
}

if (!compile()) process.exit(1);
await bundle();
