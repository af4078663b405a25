// Compiles every package (tsc project references), then bundles the programs that `npm start` runs.
// One file a program loads several times faster than the module tree it is made of.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
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

/** Program name → entry point, in the compiled output. */
const programs = {
  kindred: 'packages/kindred/dist/main.js',
  'node-agent': 'packages/node/dist/main.js',
  'sqlite-worker': 'packages/store/dist/sqlite/worker.js',
};

async function bundle() {
  const { build } = await import('esbuild');
  const entryPoints = Object.entries(programs)
    .map(([out, file]) => ({ out, in: join(root, file) }))
    .filter((entry) => existsSync(entry.in));
  await build({
    entryPoints,
    outdir: join(root, 'packages/kindred/dist/bundle'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: 'linked',
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
    // Native code stays a package of its own, and so does what is loaded only to issue certificates; node:sqlite is there on newer Node only.
    external: ['libsql', 'node:sqlite', '@peculiar/x509', 'reflect-metadata'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
}

if (!compile()) process.exit(1);
await bundle();
