/** Label selectors in their text form, as `scale` reports them and tables show them. */
import type { LabelSelector } from '../gen/types/meta/v1.ts';

const setOperators: Readonly<Record<string, string>> = { In: 'in', NotIn: 'notin' };

/**
 * `{ matchLabels: { app: 'web' } }` → `app=web`, expressions after labels, each part sorted by key.
 * An empty selector selects everything: ''.
 */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  const expressions = [...(selector?.matchExpressions ?? [])].map(({ key, operator, values = [] }) => {
    const setOperator = setOperators[operator];
    if (setOperator !== undefined) return { key, text: `${key} ${setOperator} (${[...values].sort().join(',')})` };
    return { key, text: operator === 'DoesNotExist' ? `!${key}` : key };
  });
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  return [...labels, ...expressions]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ text }) => text)
    .join(',');
}

/** `{ app: 'web', tier: 'front' }` → `app=web,tier=front`. */
export function formatLabelMap(labels: Readonly<Record<string, string>> | undefined): string {
  return formatLabelSelector({ matchLabels: { ...labels } });
}
