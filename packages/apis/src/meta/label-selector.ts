/**
 * Label selectors in their text form, as `scale` reports them and tables show them. Unlike machinery's selectors these
 * are for printing: an operator that nobody knows is printed, not refused.
 */
import type { LabelSelector } from '../gen/types/meta/v1.ts';

const setOperators: Readonly<Record<string, string>> = { In: 'in', NotIn: 'notin' };

/**
 * `{ matchLabels: { app: 'web' } }` → `app=web`, all requirements sorted by key. An empty selector gives ''.
 */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  const expressions = (selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    const setOperator = setOperators[operator];
    if (setOperator !== undefined) return { key, text: `${key} ${setOperator} (${values.toSorted().join(',')})` };
    return { key, text: operator === 'DoesNotExist' ? `!${key}` : key };
  });
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  return [...labels, ...expressions]
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ text }) => text)
    .join(',');
}

/** `{ app: 'web', tier: 'front' }` → `app=web,tier=front`. */
export function formatLabelMap(labels: Readonly<Record<string, string>> | undefined): string {
  return formatLabelSelector({ matchLabels: { ...labels } });
}
