/** Texts that cells of several kinds have in common, in the words of Kubernetes' printers. */
import type { Container } from '../gen/types/core/v1.ts';
import type { LabelSelector } from '../gen/types/meta/v1.ts';
import { formatLabelMap, formatLabelSelector } from '../meta/label-selector.ts';

/** What an empty cell says. */
export const none = '<none>';

/** The text, or `<none>`. */
export function orNone(text: string | undefined): string {
  return text === undefined || text === '' ? none : text;
}

export function selectorCell(selector: LabelSelector | undefined): string {
  return orNone(formatLabelSelector(selector));
}

export function labelsCell(labels: Readonly<Record<string, string>> | undefined): string {
  return orNone(formatLabelMap(labels));
}

/** Names and images of containers, each joined by commas: two cells. */
export function containerCells(spec: { readonly containers?: readonly Container[] } | undefined): [string, string] {
  const containers = spec?.containers ?? [];
  return [containers.map(({ name }) => name).join(','), containers.map(({ image = '' }) => image).join(',')];
}

/** At most `maximum` entries, and how many more there are: `a,b,c + 2 more...`. */
export function listCell(entries: readonly string[], { maximum, empty }: { maximum: number; empty: string }): string {
  const shown = entries.slice(0, maximum).join(',');
  if (entries.length > maximum) return `${shown} + ${entries.length - maximum} more...`;
  return shown === '' ? empty : shown;
}

/** `True`, `False`, `<unset>`. */
export function flagCell(flag: boolean | undefined): string {
  if (flag === undefined) return '<unset>';
  return flag ? 'True' : 'False';
}

/** `address:port`, with brackets around IPv6 addresses. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
