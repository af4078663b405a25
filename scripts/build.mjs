// Compiles every package (tsc project references), then bundles the programs that `npm start` runs.
// One file a program loads several times faster than the module tree it is made of.
import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
  kindred: 'packages/kindred/dist/main.js',
  helm: 'packages/helm/dist/command/main.js',
  'node-agent': 'packages/node/dist/main.js',
};
const modules = {
  kindred: 'packages/kindred/dist/launch/kindred.js',
  helm: 'packages/kindred/dist/launch/helm.js',
  'node-agent': 'packages/kindred/dist/launch/node-agent.js',
  'sqlite-worker': 'packages/store/dist/sqlite/worker.js',
};

async function bundle() {
  const { build } = await import('esbuild');
  const outdir = join(root, 'packages/kindred/dist/bundle');
  await rm(outdir, { recursive: true, force: true });
  const common = {
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    sourcemap: 'linked',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
    // Native code stays a package of its own, and so does openpgp, whose license (LGPL) wants it replaceable;
    // node:sqlite is there on newer Node only.
    external: ['libsql', 'node:sqlite', 'openpgp'],
  };
  await build({
    ...common,
    entryPoints: entryPoints(programs),
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    define: { 'import.meta': '__importMeta' },
    supported: { 'dynamic-import': false },
  });
  await build({
    ...common,
    entryPoints: entryPoints(modules),
    format: 'esm',
    outExtension: { '.js': '.mjs' },
  });
}

function entryPoints(files) {
  return Object.entries(files).map(([out, file]) => ({ out, in: join(root, file) }));
}

if (!compile()) process.exit(1);
await bundle();
