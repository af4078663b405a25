// A reporter for Node's test runner: nothing while tests run, at the end the files that took longest.
const shown = 10;

export default async function* slowestTests(events) {
  const suites = [];
  for await (const { type, data } of events) {
    // The outermost suites are the files.
    if ((type === 'test:pass' || type === 'test:fail') && data.nesting === 0) suites.push(data);
  }
  const slowest = suites.sort((a, b) => b.details.duration_ms - a.details.duration_ms).slice(0, shown);
  yield 'Slowest test files:\n';
  for (const { name, details } of slowest) {
    yield `${(details.duration_ms / 1000).toFixed(1).padStart(7)} s  ${name}\n`;
  }
}
