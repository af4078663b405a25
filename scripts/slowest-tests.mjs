// A reporter for Node's test runner: nothing while tests run, at the end the files that took longest.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const shown = 10;

export default async function* slowestTests(events) {
  const millisecondsOf = new Map();
  for await (const { type, data } of events) {
    if ((type !== 'test:pass' && type !== 'test:fail') || data.nesting !== 0 || data.file === undefined) continue;
    millisecondsOf.set(data.file, (millisecondsOf.get(data.file) ?? 0) + data.details.duration_ms);
  }
  const slowest = [...millisecondsOf].sort(([, a], [, b]) => b - a).slice(0, shown);
  yield 'Slowest test files:\n';
  for (const [file, milliseconds] of slowest) {
    yield `${(milliseconds / 1000).toFixed(1).padStart(7)} s  ${relative(root, file)}\n`;
  }
}
