/** Where a value comes from: a line of a chart's values.yaml or of a file of the user, a flag, an earlier revision. */
import type { TextPlace } from '../yaml/places.ts';

/** Where a key or an item stands, and the line on which its value begins. */
export interface MemberPlace extends TextPlace {
  readonly valueLine: number;
}

export type Origin =
  /** `chart` is the path of the chart, `web/charts/db`. */
  | ({ readonly kind: 'chart'; readonly chart: string; readonly file: string } & MemberPlace)
  | ({ readonly kind: 'file'; readonly file: string } & MemberPlace)
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

/** `web/values.yaml` or `values-prod.yaml`; undefined for what stands in no file. */
export function originFile(origin: Origin): string | undefined {
  if (origin.kind === 'chart') return `${origin.chart}/${origin.file}`;
  return origin.kind === 'file' ? origin.file : undefined;
}
