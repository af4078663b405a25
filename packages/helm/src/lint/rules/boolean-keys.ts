/** Keys such as `on`, `yes` and `n` are booleans for YAML 1.1, so they become `true` and `false`. */
import { fromBytes } from '../../go/bytes.ts';
import { type GoValue, isMap } from '../../go/value.ts';
import { type PlaceTable, placeFinder } from '../../yaml/places.ts';
import { readYamlDocuments, YamlError } from '../../yaml/read.ts';
import type { Finding, LintRule } from './rule.ts';

const NAME = 'boolean-key';

export const booleanKeysRule: LintRule = {
  name: NAME,
  description: 'Unquoted keys that YAML reads as booleans have another name afterwards.',
  check: ({ chart }) => (chart.rawValues === undefined ? [] : check(fromBytes(chart.rawValues))),
};

function check(text: string): Finding[] {
  const places: PlaceTable = new WeakMap();
  const find = placeFinder(text);
  const findings: Finding[] = [];
  const visit = (value: GoValue): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isMap(value)) return;
    for (const [key, member] of value) {
      const offset = places.get(value)?.get(key)?.key;
      const written = offset === undefined ? undefined : /^[A-Za-z]+/.exec(text.slice(offset, offset + 6))?.[0];
      if ((key === 'true' || key === 'false') && written !== undefined && written.toLowerCase() !== key) {
        findings.push({
          rule: NAME,
          severity: 'warning',
          file: 'values.yaml',
          line: find(offset ?? 0).line,
          message: `the key ${written} becomes ${key}; write "${written}"`,
        });
      }
      visit(member);
    }
  };
  try {
    readYamlDocuments(text, { places }).forEach(visit);
  } catch (error) {
    // That the file is no YAML is said elsewhere.
    if (!(error instanceof YamlError)) throw error;
  }
  return findings;
}
