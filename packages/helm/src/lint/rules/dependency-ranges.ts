/** A chart in charts/ whose version is out of the range: helm takes it for one that nobody listed, and renders it always. */
import { dependencyTree, problemsOf } from '../../dependencies/dependency-tree.ts';
import type { LintRule } from './rule.ts';

const NAME = 'dependency-range';

export const dependencyRangesRule: LintRule = {
  name: NAME,
  description: 'A dependency whose version is out of its range is rendered whatever its condition and tags say.',
  check: ({ chart }) =>
    problemsOf(dependencyTree(chart), ['wrong version']).map((message) => ({
      rule: NAME,
      severity: 'error',
      file: 'Chart.yaml',
      message,
    })),
};
