// Imports go downward only: a package may import what its row here names (the table of docs/architecture.md). What a
// workspace imports stands in its own package.json, and every imported workspace is a project reference of its tsconfig.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const layers = {
  machinery: [],
  cel: ['machinery'],
  schema: ['machinery', 'cel'],
  apis: ['machinery', 'schema'],
  store: ['machinery'],
  apiserver: ['machinery', 'cel', 'schema', 'apis', 'store'],
  client: ['machinery', 'schema', 'apis'],
  operator: ['machinery', 'cel', 'schema', 'apis', 'client'],
  controllers: ['machinery', 'schema', 'apis', 'client', 'operator'],
  helm: ['machinery', 'cel', 'schema', 'apis', 'client', 'operator'],
  node: ['machinery', 'schema', 'apis', 'client'],
};

/**
 * Folders of a package behind a subpath of its own, which may import more than the rest. Nothing else of the package may
 * import them, so that whoever doesn't ask for the subpath doesn't load it.
 */
const subpaths = {
  operator: { 'api-server': ['apiserver', 'store'] },
};

/** Tools of the whole workspace, declared in the root's package.json only. */
const workspaceTools = new Set(['fast-check', '@bufbuild/cel-spec']);

const problems = [];
const directories = workspaceDirectories();
const directoryOf = new Map(directories.map((directory) => [manifestOf(directory).name, directory]));
for (const directory of directories) checkWorkspace(directory);
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exit(problems.length === 0 ? 0 : 1);

function workspaceDirectories() {
  const { workspaces } = manifestOf('.');
  return workspaces
    .flatMap((pattern) => {
      if (!pattern.endsWith('/*')) return [pattern];
      const parent = pattern.slice(0, -2);
      return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
    })
    .filter((directory) => existsSync(join(root, directory, 'package.json')));
}

function manifestOf(directory) {
  return JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'));
}

function checkWorkspace(directory) {
  const packageName = /^packages\/(.+)$/.exec(directory)?.[1];
  if (packageName !== undefined && packageName !== 'kindred' && layers[packageName] === undefined) {
    problems.push(`${directory} has no row in scripts/check-layers.mjs`);
    return;
  }
  const source = join(root, directory, 'src');
  const files = existsSync(source) ? sources(source) : [];
  const imports = files.flatMap((file) => importsOf(file));
  if (packageName !== undefined) for (const each of imports) checkLayer(packageName, each);
  for (const file of files) checkBarrel(file);
  checkDeclared(directory, imports);
  checkReferences(directory, imports);
}

/** What one file imports, by statement, by `import()` and by `import.meta.resolve`. */
function importsOf(file) {
  const text = readFileSync(file, 'utf8');
  const where = relative(root, file);
  const found = text.matchAll(/^(?:import|export|\}) [^'\n]*from '([^']+)'|^import '([^']+)'|\bimport\(\s*'([^']+)'/gm);
  return [...found].map((match) => ({ where, specifier: match[1] ?? match[2] ?? match[3] }));
}

function checkLayer(name, { where, specifier }) {
  const other = /^@kindred\/([^/]+)/.exec(specifier)?.[1];
  if (other === name) problems.push(`${where}: imports its own package by name; use a relative path`);
  else if (other !== undefined && name !== 'kindred' && !allowedIn(name, where).includes(other)) {
    problems.push(`${where}: imports @kindred/${other}, which is not below ${name}`);
  }
  checkSubpath(name, where, specifier);
  const isIndex = /^packages\/[^/]+\/src\/index\.ts$/.test(where);
  if (!isIndex && /^\.\.?\/(.*\/)?index\.ts$/.test(specifier))
    problems.push(`${where}: imports a barrel (${specifier})`);
}

function allowedIn(name, where) {
  return [...layers[name], ...(subpaths[name]?.[folderOf(where)] ?? [])];
}

function checkSubpath(name, where, specifier) {
  if (!specifier.startsWith('.')) return;
  const target = folderOf(relative(root, join(root, where, '..', specifier)));
  if (subpaths[name]?.[target] !== undefined && folderOf(where) !== target)
    problems.push(`${where}: imports ${specifier}, which only ${name}/${target} may`);
}

/** `packages/operator/src/api-server/call.ts` → `api-server`. */
function folderOf(where) {
  return where.split('/')[3];
}

function checkBarrel(file) {
  const where = relative(root, file);
  if (where.endsWith('/src/index.ts') && /export \*/.test(readFileSync(file, 'utf8'))) {
    problems.push(`${where}: re-exports everything; name what is public`);
  }
}

function checkDeclared(directory, imports) {
  const manifest = manifestOf(directory);
  const forTests = { ...manifest.dependencies, ...manifest.devDependencies };
  for (const { where, specifier } of imports) {
    const name = packageOf(specifier);
    if (name === undefined || name === manifest.name || workspaceTools.has(name)) continue;
    const isTest = /\.test(\.\w+)?\.ts$|\/testing\//.test(where);
    const declared = isTest ? forTests : (manifest.dependencies ?? {});
    if (declared[name] === undefined) problems.push(`${where}: imports ${name}, which ${directory}/package.json lacks`);
  }
}

function checkReferences(directory, imports) {
  const tsconfig = join(root, directory, 'tsconfig.json');
  if (!existsSync(tsconfig)) {
    if (imports.length > 0) problems.push(`${directory} has no tsconfig.json`);
    return;
  }
  const references = (JSON.parse(readFileSync(tsconfig, 'utf8')).references ?? []).map(({ path }) =>
    relative(root, join(root, directory, path)),
  );
  const wanted = new Set(imports.map(({ specifier }) => directoryOf.get(packageOf(specifier) ?? '')));
  wanted.delete(undefined);
  wanted.delete(directory);
  for (const each of wanted) {
    if (!references.includes(each)) problems.push(`${directory}/tsconfig.json lacks the reference to ${each}`);
  }
  const manifest = manifestOf(directory);
  for (const each of references) {
    const { name } = manifestOf(each);
    const declared = manifest.dependencies?.[name] ?? manifest.devDependencies?.[name];
    if (declared === undefined) problems.push(`${directory}/tsconfig.json refers to ${each}, which is no dependency`);
  }
  const built = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).references.map(({ path }) => path);
  if (!built.includes(directory)) problems.push(`tsconfig.json lacks the reference to ${directory}`);
}

/** `@scope/name/sub` → `@scope/name`; undefined for relative paths and Node's own modules. */
function packageOf(specifier) {
  if (specifier.startsWith('.') || isBuiltin(specifier)) return undefined;
  const [first, second] = specifier.split('/');
  return first?.startsWith('@') ? `${first}/${second}` : first;
}

function sources(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}
