/** `appVersion: 1.10` is a number for YAML, and becomes `1.1`. */
import type { LintRule } from './rule.ts';

const NAME = 'app-version';

export const appVersionRule: LintRule = {
  name: NAME,
  description: 'Versions in Chart.yaml that YAML reads as numbers lose their zeros: appVersion 1.10 becomes 1.1.',
  check: ({ chart, chartYaml }) =>
    (chartYaml ?? '').split('\n').flatMap((text, index) => {
      const [, key, value] =
        /^(appVersion|version|kubeVersion):\s*([-+]?[\d._]+(?:[eE][-+]?\d+)?)\s*(?:#.*)?$/.exec(text) ?? [];
      if (key === undefined || value === undefined || Number.isNaN(Number(value))) return [];
      const read = key === 'appVersion' ? chart.metadata.appVersion : String(Number(value));
      const isChanged = read !== value;
      return [
        {
          rule: NAME,
          severity: isChanged ? ('warning' as const) : ('info' as const),
          file: 'Chart.yaml',
          line: index + 1,
          message: isChanged
            ? `${key} ${value} is a number and becomes ${read}; write "${value}"`
            : `${key} ${value} is a number; write "${value}"`,
        },
      ];
    }),
};
