/** A word that could be written next. */
import type { Range } from './source-text.ts';

export interface Completion {
  readonly label: string;
  readonly kind: 'value' | 'field' | 'function' | 'keyword' | 'template' | 'variable';
  readonly detail?: string;
  /** Plain text. */
  readonly documentation?: string;
  /** What it takes the place of. */
  readonly range: Range;
  /** What is written, when that isn't the label. */
  readonly text?: string;
}
