/** A manifest for a hook that there isn't: helm leaves it out without a word. */
import { droppedText } from '../../render/manifests.ts';
import type { LintRule } from './rule.ts';

const NAME = 'unknown-hook';

export const unknownHooksRule: LintRule = {
  name: NAME,
  description: 'A manifest whose annotation helm.sh/hook names an unknown event is never installed.',
  check: ({ rendered }) =>
    (rendered?.dropped ?? []).map((each) => ({
      rule: NAME,
      severity: 'error',
      file: each.path.slice(each.path.indexOf('/') + 1),
      message: droppedText(each),
    })),
};
