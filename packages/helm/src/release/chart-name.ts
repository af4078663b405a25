/** How lists name the chart of a release. */
import type { Release } from './release.ts';

/** `web-1.2.3` */
export function chartName({ chart }: Release): string {
  return chart === undefined ? 'MISSING' : `${chart.metadata.name}-${chart.metadata.version}`;
}

export function appVersion({ chart }: Release): string {
  return chart === undefined ? 'MISSING' : chart.metadata.appVersion;
}
