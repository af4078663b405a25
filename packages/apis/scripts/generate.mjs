// Regenerates packages/apis/src/gen from facts/kubernetes-types.json: node packages/apis/scripts/generate.mjs
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './generated-files.mjs';

const target = fileURLToPath(new URL('../src/gen', import.meta.url));
const files = generatedFiles();
rmSync(target, { recursive: true, force: true });
for (const [path, text] of files) {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  writeFileSync(join(target, path), text);
}
process.stdout.write(`Wrote ${files.size} files to packages/apis/src/gen\n`);
