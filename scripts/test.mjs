// `npm test [-- PATH…]`: sets the checkout up, installs what tests need from Debian when it may, then runs every
// `*.test.js` (or those below the paths given) with Node's test runner.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

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
process.exitCode = await runTests(paths.length > 0 ? paths : ['packages', 'examples', 'conformance']);

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

function runTests(where) {
  const files = where.flatMap((path) => testFiles(join(root, path))).sort();
  if (files.length === 0) {
    process.stderr.write(`No test files below ${where.join(', ')}\n`);
    return 1;
  }
  const args = [
    '--enable-source-maps',
    '--test',
    '--test-concurrency=2',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=./scripts/slowest-tests.mjs',
    '--test-reporter-destination=stdout',
    ...files.map((file) => relative(root, file)),
  ];
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  return new Promise((resolve) =>
    child.on('exit', (code, signal) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      process.stdout.write(`${files.length} test files in ${seconds} s\n`);
      resolve(code ?? (signal ? 1 : 0));
    }),
  );
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
