// `npm run check`: everything that reads the code without running it. Each step prints its own findings.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const steps = [
  ['format', 'node_modules/@biomejs/biome/bin/biome', ['check', '--linter-enabled=false', '.']],
  ['types', 'node_modules/typescript/bin/tsc', ['-b']],
  ['lint, import cycles', 'node_modules/oxlint/bin/oxlint', ['--type-aware', '--deny-warnings']],
  ['layers', 'scripts/check-layers.mjs', []],
  ['unused code and dependencies', 'node_modules/knip/bin/knip.js', []],
  ['paths and links in the documentation', 'scripts/check-docs.mjs', []],
  ['generated reference', 'scripts/docs.mjs', ['--check']],
];

setUp();
const failed = [];
for (const [name, script, args] of steps) {
  process.stdout.write(`── ${name}\n`);
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) {
  process.stdout.write(`Failed: ${failed.join('; ')}\n`);
  process.exit(1);
}
process.stdout.write('All checks passed\n');
