// Brings a checkout to the point where its programs run: installs what the lockfile names, then builds.
// Both steps are skipped when nothing changed since the last time.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'node_modules/.cache/kindred-build');
const minimumNode = [20, 19];

/** Prints one line of progress on standard error; standard output belongs to the program that follows. */
const say = (text) => process.stderr.write(`${text}\n`);

export function setUp() {
  checkNode();
  if (!isInstalled()) install();
  const sources = fingerprint();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === sources) return;
  say('Building (once) …');
  const started = performance.now();
  // In a process of its own: the bundler's memory and its service would otherwise stay as long as the platform runs.
  const { status } = spawnSync(process.execPath, ['scripts/build.mjs'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('The build failed: see the messages above');
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
  writeFileSync(stampFile, sources);
  say(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1])) return;
  say(
    `Kindred needs Node.js ${minimumNode.join('.')} or newer; this is ${process.versions.node}. Install a newer Node.js and start again.`,
  );
  process.exit(1);
}

function install() {
  say('Installing packages (once) …');
  const started = performance.now();
  const npm = process.env.npm_execpath;
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
    : spawnSync('npm', args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    say(
      `npm ci failed${error ? ` (${error.message})` : ''}. Kindred needs the npm registry once, to install its packages; then start again.`,
    );
    process.exit(1);
  }
  say(`Installed in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** True when node_modules holds every version that the lockfile names (optional packages depend on the platform). */
function isInstalled() {
  const installedFile = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (!path.startsWith('node_modules/') || optional) return true;
    return link ? existsSync(join(root, path)) : installed[path]?.version === version;
  });
}

/** Changes whenever a source file, a manifest or a build setting does. */
function fingerprint() {
  const hash = createHash('sha256').update(process.version);
  const add = (path) => {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  };
  const walk = (directory) => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist') continue;
      const path = join(directory, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (/\.(ts|json|mjs)$/.test(entry.name)) add(path);
    }
  };
  for (const directory of ['packages', 'examples', 'conformance', 'scripts', 'bench']) {
    if (existsSync(join(root, directory))) walk(join(root, directory));
  }
  for (const file of ['package-lock.json', 'tsconfig.json', 'tsconfig.base.json']) add(join(root, file));
  return hash.digest('hex');
}
