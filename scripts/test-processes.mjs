// Which test files share a process. Loading the modules, and running them while they are still cold, costs more than most
// tests do: files that leave their process as they found it are loaded together. Each file is a suite with its path as name.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules/.cache/kindred-tests');

/** So that no process is the last one for long. */
const filesInProcess = 12;

/** Most of their time is that of the programs that they start. */
const alone = ['kubectl', 'kubectl-1.20', 'lifecycle'].map((suite) => join('conformance', suite) + sep);
/** What is waited for while a file is loaded, and what the next file would notice. */
const notToShare = /^(?!\s).*\bawait |\bprocess\.(on|once|chdir|umask|exitCode|memoryUsage)\b|\bmock\./m;

/** The path of a test file as people name it and `npm test -- PATH` takes it: the name of its suite. */
export function sourceOf(file) {
  return relative(root, file).replace(/([\\/])dist([\\/].*)\.js$/, '$1src$2.ts');
}

/** Gives the modules that Node's test runner is to start a process for, in order. */
export function testProcesses(files) {
  const single = [];
  const shared = new Map();
  for (const file of files) {
    const place = relative(root, file).split(sep).slice(0, 2).join('-');
    if (mayShare(file)) shared.set(place, [...(shared.get(place) ?? []), file]);
    else single.push([file]);
  }
  rmSync(modules, { recursive: true, force: true });
  mkdirSync(modules, { recursive: true });
  return [...single, ...[...shared.values()].flatMap(dealOut)].map((group, index) => {
    const module = join(modules, `process-${index + 1}.mjs`);
    writeFileSync(module, `import { describe } from 'node:test';\n\n${group.map(suiteOf).join('')}`);
    return module;
  });
}

function mayShare(file) {
  const path = relative(root, file);
  return !alone.some((place) => path.startsWith(place)) && !notToShare.test(readFileSync(file, 'utf8'));
}

/** Neighbours are alike: dealt out, they take about as long in each group. */
function dealOut(files) {
  const count = Math.ceil(files.length / filesInProcess);
  return Array.from({ length: count }, (_, group) => files.filter((_, index) => index % count === group));
}

function suiteOf(file) {
  return `describe(${JSON.stringify(sourceOf(file))}, () => import(${JSON.stringify(pathToFileURL(file))}));\n`;
}
