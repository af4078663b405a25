/** Places in templates as text, and the values that they use with where those stand. */
import { byteLength } from '../go/bytes.ts';
import { quote } from '../go/quote.ts';
import type { SourceStep } from '../render/trace/source-map.ts';
import { nodeText, type Template } from '../template/node.ts';
import { type Origin, originFile, originText } from '../values/origin.ts';
import { templatePathText, type ValuePath } from '../values/value-path.ts';

/** Answers where a value stands. */
export type OriginOf = (path: ValuePath) => Origin | undefined;

/** The file name of templates that `tpl` made of a text. */
export const TPL_FILE = 'gotpl';

/** `web/templates/a.yaml:31:12`; columns count from 1 here, as editors do. */
export function templatePlace(template: Template, position: number): string {
  const { line, column } = lineAndColumn(template.source, position);
  return `${template.file}:${line}:${column}`;
}

function lineAndColumn(source: string, position: number): { line: number; column: number } {
  const before = source.slice(0, position);
  return {
    line: before.split('\n').length,
    column: byteLength(before.slice(before.lastIndexOf('\n') + 1)) + 1,
  };
}

/** `.Values.image.tag (values-prod.yaml:17)`. */
export function valueText(path: ValuePath, originOf: OriginOf): string {
  const origin = originOf(path);
  const name = `.Values${templatePathText(path)}`;
  return origin === undefined ? name : `${name} (${originText(origin)})`;
}

/** One line for each step, from the file that was rendered to the text that stands there. */
export function stepLines(steps: readonly SourceStep[], originOf: OriginOf): string[] {
  return steps.map((step, at) => {
    const { template, position, node, reads } = step;
    const caller = steps[at - 1];
    const place =
      template.file === TPL_FILE && caller !== undefined
        ? tplPlace(lineAndColumn(template.source, position), caller.reads[0], originOf)
        : templatePlace(template, position);
    const name = template.name === template.file ? '' : ` in ${quote(template.name)}`;
    const what = node.type === 'text' ? '' : ` <${shorten(nodeText(node))}>`;
    const values = reads.length === 0 ? '' : ` with ${reads.map((path) => valueText(path, originOf)).join(', ')}`;
    return `${place}${name}${what}${values}`;
  });
}

/** A place in a text that `tpl` got: in the file where the text stands, if that is known. Both numbers from 1. */
export function tplPlace(
  { line, column }: { line: number; column: number },
  path: ValuePath | undefined,
  originOf: OriginOf,
): string {
  if (path === undefined) return `line ${line}:${column} of the text given to tpl`;
  const origin = originOf(path);
  const name = `.Values${templatePathText(path)}`;
  const file = origin === undefined ? undefined : originFile(origin);
  if (origin === undefined || file === undefined || !('valueLine' in origin)) {
    return `line ${line}:${column} of ${valueText(path, originOf)}`;
  }
  return `${file}:${origin.valueLine + line - 1}, line ${line}:${column} of ${name}`;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
