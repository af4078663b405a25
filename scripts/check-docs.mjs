// What the documentation names must be there: every repository path in docs and READMEs, written as `packages/…` or
// relative to a README's own `src`, and every relative link.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const topLevel = ['packages', 'examples', 'conformance', 'bench', 'scripts', 'docs', '.ci'];
/** A file's name with a folder or an ending that only our files have. */
const pathInCode = /^[\w.-]+(?:\/[\w.-]+)*\/?$/;

const problems = documents().flatMap((file) => [...missingPaths(file), ...missingLinks(file)]);
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

function documents() {
  const found = ['README.md', 'CONTRIBUTING.md'].filter((name) => existsSync(join(root, name)));
  for (const parent of ['packages', 'examples', 'conformance']) {
    for (const name of readdirSync(join(root, parent))) {
      if (existsSync(join(root, parent, name, 'README.md'))) found.push(`${parent}/${name}/README.md`);
    }
  }
  return [...found, ...markdownBelow('docs')];
}

function markdownBelow(directory) {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) return markdownBelow(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Paths in backticks: from the root of the repository, or for a README from its own directory, `src` included. */
function missingPaths(file) {
  const text = withoutCodeBlocks(readFileSync(join(root, file), 'utf8'));
  const missing = [];
  for (const [, code] of text.matchAll(/`([^`\n]+)`/g)) {
    if (!pathInCode.test(code)) continue;
    const fromRoot = topLevel.includes(code.split('/')[0]) && code.includes('/');
    const isOwnFile = !fromRoot && /\.(ts|mjs)$/.test(code) && file !== 'CONTRIBUTING.md';
    if (existsSync(join(root, code)) || existsSync(join(root, dirname(file), code))) continue;
    if (fromRoot) missing.push(`${file} names ${code}, which is not there`);
    if (isOwnFile && !isBelow(dirname(file), code)) missing.push(`${file} names ${code}, which is not there`);
  }
  return missing;
}

/** A README may name its files without their folder. */
function isBelow(directory, name) {
  const base = join(root, directory);
  return [base, join(base, 'src')].some((place) => existsSync(join(place, name))) || namesBelow(base).has(name);
}

function namesBelow(directory) {
  const names = new Set();
  const walk = (place) => {
    for (const entry of readdirSync(place, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist') continue;
      names.add(entry.name);
      if (entry.isDirectory()) walk(join(place, entry.name));
    }
  };
  walk(directory);
  return names;
}

function missingLinks(file) {
  const text = withoutCodeBlocks(readFileSync(join(root, file), 'utf8'));
  return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, target]) => target)
    .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(file), target)))
    .map((target) => `${file} links to ${relative(root, join(root, dirname(file), target))}, which is not there`);
}

function withoutCodeBlocks(text) {
  return text.replace(/^```[\s\S]*?^```/gm, '');
}
