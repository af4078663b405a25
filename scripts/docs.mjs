// `npm run docs`: writes docs/reference from the tables and texts that the programs themselves use. With `--check` it
// writes nothing and fails when a page is not what it would write.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const generated = '<!-- Written by `npm run docs`. -->';

setUp();
const [{ builtinKinds }, { STATUS_CODES }, { storeErrorCodes }, { faultCodes }, { upUsage }] = await Promise.all([
  import('../packages/apis/dist/index.js'),
  import('../packages/machinery/dist/index.js'),
  import('../packages/store/dist/index.js'),
  import('../packages/kindred/dist/fault.js'),
  import('../packages/kindred/dist/up/options.js'),
]);

const pages = {
  'docs/reference/up.md': upPage(),
  'docs/reference/errors.md': errorsPage(),
  'docs/reference/kinds.md': kindsPage(),
};

const stale = Object.entries(pages).filter(([path, text]) => readPage(path) !== text);
if (process.argv.includes('--check')) {
  for (const [path] of stale) process.stdout.write(`${path} is out of date: npm run docs\n`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    process.stdout.write(`Wrote ${path}\n`);
  }
}

function readPage(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function upPage() {
  return `# kindred up

${generated}

\`npm start -- FLAGS\` passes its flags to \`kindred up\`.

\`\`\`
${upUsage.trimEnd()}
\`\`\`

The program ends with exit code 0 after SIGINT or SIGTERM, 2 for wrong usage, 1 for any other fault
([errors.md](errors.md)).
`;
}

function errorsPage() {
  return `# Errors

${generated}

## Faults of the program

What ends \`kindred up\`: printed on standard error as one sentence and a hint, without a stack trace.

${table(['code', 'meaning'], rowsOf(faultCodes))}

## Errors of the store

\`StoreError.code\` in \`packages/store/src/port.ts\`.

${table(['code', 'meaning'], rowsOf(storeErrorCodes))}

## Failures of the API

\`reason\` of the Status objects that the API server answers with, and the HTTP status code of each.

${table(
  ['reason', 'code'],
  Object.entries(STATUS_CODES).map(([reason, code]) => [`\`${reason}\``, String(code)]),
)}
`;
}

function rowsOf(codes) {
  return Object.entries(codes).map(([code, meaning]) => [`\`${code}\``, meaning]);
}

function kindsPage() {
  const kinds = [...builtinKinds()].sort(
    (a, b) => compare(a.group, b.group) || compareVersions(a.version, b.version) || compare(a.kind, b.kind),
  );
  const rows = kinds.map(({ group, version, kind, resource, namespaced, subresources, deprecation }) => [
    group === '' ? `\`${version}\`` : `\`${group}/${version}\``,
    kind,
    `\`${resource}\``,
    namespaced ? 'namespace' : 'cluster',
    subresources.map(({ name }) => `\`${name}\``).join(' '),
    deprecation === undefined ? '' : 'deprecated',
  ]);
  return `# Served kinds

${generated}

The ${kinds.length} built-in kinds and versions. CustomResourceDefinitions (\`apiextensions.k8s.io/v1\` and \`v1beta1\`) add more.
A subresource that is listed belongs to the kind; [the README](../../README.md#what-works-today) says what is not served yet.

${table(['apiVersion', 'kind', 'resource', 'scope', 'subresources', ''], rows)}
`;
}

function compare(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** v1 before v1beta2 before v1beta1. */
function compareVersions(a, b) {
  const isStable = (version) => /^v\d+$/.test(version);
  if (isStable(a) !== isStable(b)) return isStable(a) ? -1 : 1;
  return compare(b, a);
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
