// Imports go downward only: a package may import what its row here names (the table of docs/architecture.md), and the
// same must stand in its package.json.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const layers = {
  machinery: [],
  schema: ['machinery'],
  apis: ['machinery', 'schema'],
  store: ['machinery'],
  apiserver: ['machinery', 'schema', 'apis', 'store'],
  client: ['machinery', 'schema', 'apis'],
  operator: ['machinery', 'schema', 'apis', 'client'],
  controllers: ['machinery', 'schema', 'apis', 'client', 'operator'],
  node: ['machinery', 'schema', 'apis', 'client'],
};

const problems = [];
const packages = readdirSync(join(root, 'packages'));
for (const name of packages) {
  const allowed = name === 'kindred' ? packages : layers[name];
  if (allowed === undefined) {
    problems.push(`packages/${name} has no row in scripts/check-layers.mjs`);
    continue;
  }
  for (const file of sources(join(root, 'packages', name, 'src'))) checkFile(name, file, allowed);
}
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exit(problems.length === 0 ? 0 : 1);

function checkFile(name, file, allowed) {
  const text = readFileSync(file, 'utf8');
  const isIndex = file.endsWith(`/${name}/src/index.ts`);
  const where = file.slice(root.length);
  for (const [, specifier] of text.matchAll(/(?:from|import\()\s*'([^']+)'/g)) {
    const other = /^@kindred\/([^/]+)/.exec(specifier)?.[1];
    if (other !== undefined && other !== name && !allowed.includes(other)) {
      problems.push(`${where}: imports @kindred/${other}, which is not below ${name}`);
    }
    if (other === name) problems.push(`${where}: imports its own package by name; use a relative path`);
    if (!isIndex && /^\.\.?\/(.*\/)?index\.ts$/.test(specifier))
      problems.push(`${where}: imports a barrel (${specifier})`);
  }
  if (isIndex && /export \*/.test(text)) problems.push(`${where}: re-exports everything; name what is public`);
}

function sources(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}
