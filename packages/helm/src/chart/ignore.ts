/** `.helmignore`: patterns of files that don't belong to a chart, much like .gitignore without `**`. */
import { ChartError } from './chart.ts';

interface Rule {
  readonly matches: (path: string) => boolean;
  readonly negated: boolean;
  readonly directoriesOnly: boolean;
}

/** Editors' and hidden files below templates/ never belong to a chart. */
const DEFAULT_PATTERN = 'templates/.?*';

/** A test of paths relative to the chart. Throws ChartError for a pattern that is wrong. */
export function ignoreRules(text: string): (path: string, isDirectory: boolean) => boolean {
  const rules = [...text.split('\n'), DEFAULT_PATTERN].flatMap((line) => {
    const rule = parseRule(line.replace(/^\ufeff/, '').trim());
    return rule === undefined ? [] : [rule];
  });
  return (path, isDirectory) => {
    for (const { matches, negated, directoriesOnly } of rules) {
      // Helm turns the test around for "!": what does not match is ignored.
      if (directoriesOnly && !isDirectory) continue;
      if (matches(path) !== negated) return true;
    }
    return false;
  };
}

function parseRule(line: string): Rule | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  if (line.includes('**')) throw new ChartError('double-star (**) syntax is not supported');
  const negated = line.startsWith('!');
  let pattern = negated ? line.slice(1) : line;
  const directoriesOnly = pattern.endsWith('/');
  if (directoriesOnly) pattern = pattern.slice(0, -1);
  if (pattern.startsWith('/')) return { matches: pathTest(pattern.slice(1)), negated, directoriesOnly };
  if (pattern.includes('/')) return { matches: pathTest(pattern), negated, directoriesOnly };
  const test = pathTest(pattern);
  return { matches: (path) => test(path.slice(path.lastIndexOf('/') + 1)), negated, directoriesOnly };
}

/** Go's filepath.Match. Throws ChartError for a broken pattern. */
export function pathTest(pattern: string): (path: string) => boolean {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const each = pattern[at] ?? '';
    if (each === '*') {
      while (pattern[at + 1] === '*') at++;
      source += '[^/]*';
    } else if (each === '?') source += '[^/]';
    else if (each === '[') {
      const end = pattern.indexOf(']', at + 2);
      if (end < 0) throw new ChartError('syntax error in pattern');
      source += `[${pattern.slice(at + 1, end).replace(/[\\[&~]/g, '\\$&')}]`;
      at = end;
    } else {
      if (each === '\\') at++;
      source += (pattern[at] ?? '').replace(/[\\^$.|?*+()[\]{}/]/g, '\\$&');
    }
  }
  const regex = new RegExp(`^${source}$`, 'su');
  return (path) => regex.test(path);
}
