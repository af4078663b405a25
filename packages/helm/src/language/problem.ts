/** What is wrong in a file of a chart, as an editor shows it. */
import type { Range } from './source-text.ts';

export interface Problem {
  /** Relative to the outermost chart, with slashes. */
  readonly file: string;
  readonly range: Range;
  readonly severity: 'error' | 'warning' | 'info';
  /** What found it: `yaml`, `schema`, `template`, `render`, the name of a rule of lint. */
  readonly code: string;
  readonly message: string;
}
