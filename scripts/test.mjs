// `npm test [-- PATH…]`: sets the checkout up, installs what tests need from Debian when it may, then runs every
// `*.test.js` (or those below the paths given) with Node's test runner.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';
import slowestTests from './slowest-tests.mjs';
import { sourceOf, testProcesses } from './test-processes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What tests use beyond npm: program → Debian package. A test whose program is missing skips itself by name. */
const debianPrograms = {
  chromium: 'chromium',
  'docker-registry': 'docker-registry',
  fish: 'fish',
  hg: 'mercurial',
  zsh: 'zsh',
  ...(runsServices() ? {} : { sshd: 'openssh-server' }),
};

setUp();
const paths = process.argv.slice(2);
if (paths.length === 0) installFromDebian();
// What takes longest goes first, so that no process is left to the end alone.
process.exitCode = await runTests(paths.length > 0 ? paths : ['conformance', 'examples', 'packages']);

function installFromDebian() {
  const missing = Object.entries(debianPrograms)
    .filter(([program]) => !isOnPath(program))
    .map(([, name]) => name);
  if (missing.length === 0) return;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !isOnPath('apt-get')) {
    process.stderr.write(
      `Not installed, so the tests that need them are skipped: ${missing.join(', ')} (Debian packages)\n`,
    );
    return;
  }
  process.stderr.write(`Installing for the tests (Debian packages): ${missing.join(', ')} …\n`);
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  spawnSync('apt-get', ['update', '-qq'], options);
  const { status } = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], options);
  if (status !== 0)
    process.stderr.write(`apt-get could not install ${missing.join(', ')}: the tests that need them are skipped\n`);
}

/** Where services run, a package with one would start it: nobody's tests open a machine to the network. */
function runsServices() {
  return existsSync('/run/systemd/system');
}

function isOnPath(program) {
  return ['/usr/sbin', ...(process.env.PATH ?? '').split(':')].some((directory) =>
    existsSync(join(directory, program)),
  );
}

async function runTests(where) {
  const files = where.flatMap((path) => testFiles(join(root, path)).sort());
  if (files.length === 0) {
    process.stderr.write(`No test files below ${where.join(', ')}\n`);
    return 1;
  }
  const started = performance.now();
  const unfinished = new Set(files.map(sourceOf));
  let exitCode = 0;
  const events = run({ files: testProcesses(files), concurrency: 3 });
  events.on('test:pass', ({ name }) => unfinished.delete(name));
  events.on('test:fail', ({ name }) => {
    unfinished.delete(name);
    exitCode = 1;
  });
  await Promise.all([print(events, spec), print(events, slowestTests)]);
  for (const file of unfinished) process.stdout.write(`✖ ${file} did not come to its end: its process ended before\n`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${files.length} test files in ${seconds} s\n`);
  return unfinished.size > 0 ? 1 : exitCode;
}

async function print(events, reporter) {
  for await (const text of events.compose(reporter)) process.stdout.write(text);
}

function testFiles(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path.replace(/\/src\/(.*)\.ts$/, '/dist/$1.js')];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'src') return [];
    const child = join(path, entry.name);
    if (entry.isDirectory()) return testFiles(child);
    return entry.name.endsWith('.test.js') ? [child] : [];
  });
}
