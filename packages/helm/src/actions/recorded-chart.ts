/** The chart as the record of a release keeps it. */
import type { StoredChart } from '../release/release.ts';
import { withoutUnreadFiles } from '../release/unread-files.ts';
import type { ActionContext } from './action-context.ts';
import type { RenderedRelease } from './render-release.ts';

/** Without large files that no template has read; says which they are. */
export function recordedChart({ report }: ActionContext, rendered: RenderedRelease): StoredChart {
  const { chart, left } = withoutUnreadFiles(rendered.chart, rendered.filesRead);
  if (left.length > 0) {
    const files = left.map(({ name, data }) => `${name} (${data.length} bytes)`).join(', ');
    report({ type: 'debug', message: `the record leaves out what no template reads: ${files}` });
  }
  return chart;
}
