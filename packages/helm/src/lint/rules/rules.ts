/** All rules of our own, and running them. */
import { appVersionRule } from './app-version.ts';
import { booleanKeysRule } from './boolean-keys.ts';
import { dependencyRangesRule } from './dependency-ranges.ts';
import { duplicateKeysRule } from './duplicate-keys.ts';
import { largeNumbersRule } from './large-numbers.ts';
import type { Finding, LintRule, LintSubject } from './rule.ts';
import { templateIdiomsRule } from './template-idioms.ts';
import { unknownHooksRule } from './unknown-hooks.ts';
import { undeclaredValuesRule, unusedValuesRule } from './value-declarations.ts';

export const lintRules: readonly LintRule[] = [
  appVersionRule,
  booleanKeysRule,
  dependencyRangesRule,
  duplicateKeysRule,
  largeNumbersRule,
  unknownHooksRule,
  undeclaredValuesRule,
  unusedValuesRule,
  templateIdiomsRule,
];

/** What the rules find, file by file. */
export function lintByRules(subject: LintSubject, rules: readonly LintRule[] = lintRules): Finding[] {
  return rules
    .flatMap(({ check }) => check(subject))
    .toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : (a.line ?? 0) - (b.line ?? 0)));
}

/** `values.yaml:7: replicas prints as 1e+06 … (large-number)` */
export function findingText({ file, line, message, rule }: Finding): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${message} (${rule})`;
}
