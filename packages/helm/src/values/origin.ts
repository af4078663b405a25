/** Where a value comes from: a line of a chart's values.yaml or of a file of the user, a flag, an earlier revision. */
import type { TextPlace } from '../yaml/places.ts';

export type Origin =
  /** `chart` is the path of the chart, `web/charts/db`. */
  | ({ readonly kind: 'chart'; readonly chart: string; readonly file: string } & TextPlace)
  | ({ readonly kind: 'file'; readonly file: string } & TextPlace)
  | { readonly kind: 'flag'; readonly flag: string; readonly path: string }
  | { readonly kind: 'given'; readonly name: string };

/** `web/values.yaml:17`, `values-prod.yaml:17`, `--set image.tag`. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'chart':
      return `${origin.chart}/${origin.file}:${origin.line}`;
    case 'file':
      return `${origin.file}:${origin.line}`;
    case 'flag':
      return `${origin.flag} ${origin.path}`;
    case 'given':
      return origin.name;
  }
}
