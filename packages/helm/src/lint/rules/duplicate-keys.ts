/** A key that stands twice in a map: the first one has no effect. */
import { fromBytes } from '../../go/bytes.ts';
import { duplicateKeys } from '../../yaml/duplicate-keys.ts';
import type { LintRule } from './rule.ts';

const NAME = 'duplicate-key';

export const duplicateKeysRule: LintRule = {
  name: NAME,
  description: 'Of two equal keys in a map only the last one counts; API servers with strict validation refuse them.',
  check: ({ chart, rendered }) => {
    const own = chart.rawValues === undefined ? [] : duplicateKeys(fromBytes(chart.rawValues));
    const inValues = own.map(({ key, line, firstLine }) => ({
      rule: NAME,
      severity: 'warning' as const,
      file: 'values.yaml',
      line,
      message: `${key} stands here for the second time; line ${firstLine} has no effect`,
    }));
    const documents = [...(rendered?.manifests ?? []), ...(rendered?.hooks ?? [])];
    const inManifests = documents.flatMap(({ path, content, kind, name }) =>
      duplicateKeys(content).map(({ key, line, firstLine }) => ({
        rule: NAME,
        severity: 'warning' as const,
        file: path.slice(path.indexOf('/') + 1),
        message: `${kind} ${name} has the key ${key} twice, on lines ${firstLine} and ${line} of the rendered document`,
      })),
    );
    return [...inValues, ...inManifests];
  },
};
