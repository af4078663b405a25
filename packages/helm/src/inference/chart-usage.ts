/** How a chart's templates use its values; templates of the charts around it and below it are there to be included. */
import type { Chart } from '../chart/chart.ts';
import { basePath } from '../functions/paths.ts';
import { fromBytes } from '../go/bytes.ts';
import { type GoValue, isMap } from '../go/value.ts';
import { type AnalysedFile, analyseTemplates, type ParseTemplates, type TemplateUsage } from './analyse-templates.ts';

/** @param parse when templates are kept for other purposes too */
export function chartUsage(chart: Chart, ancestors: readonly Chart[] = [], parse?: ParseTemplates): TemplateUsage {
  const outermost = ancestors.at(-1) ?? chart;
  const files: AnalysedFile[] = [];
  // Definitions of outer charts win, so theirs come last.
  const visit = (each: Chart, path: string): void => {
    for (const inner of each.dependencies) visit(inner, `${path}/charts/${inner.metadata.name}`);
    for (const { name, data } of each.templates) {
      const isOwn = each === chart && !basePath(name).startsWith('_');
      files.push({ name: `${path}/${name}`, source: fromBytes(data), isOwn });
    }
  };
  visit(outermost, outermost.metadata.name);
  return analyseTemplates(files, [...textsOf(chart.values), ...fileTexts(chart)], parse);
}

/** Files that `tpl` may be given (`tpl (.Files.Get "x") .`); texts for people also show templates. */
function fileTexts({ files }: Chart): string[] {
  return files
    .filter(({ name, data }) => data.length <= MAX_FILE && !/\.(?:md|txt)$|^crds\/|^LICENSE/.test(name))
    .map(({ data }) => fromBytes(data))
    .filter((text) => text.includes('{{') && text.includes('.Values'));
}

const MAX_FILE = 1024 * 1024;

/** Values that are templates themselves. */
function textsOf(value: GoValue): string[] {
  if (typeof value === 'string') return value.includes('{{') ? [value] : [];
  if (isMap(value)) return [...value.values()].flatMap(textsOf);
  return Array.isArray(value) ? value.flatMap(textsOf) : [];
}
