/** What an editor tells of what the cursor is on, as Markdown, and where it is declared. */

import type { ValuePath } from '../values/value-path.ts';
import { builtInNote } from './built-in-objects.ts';
import { isTemplateFunction, type Project, type ProjectChart } from './chart-project.ts';
import { functionNote, signature } from './function-notes.ts';
import type { Position, Range } from './source-text.ts';
import { type Cursor, cursorAt } from './template-cursor.ts';
import type { TemplateDocument } from './template-document.ts';
import { type FilePlace, shortValue, type ValueFacts, valueFacts } from './value-facts.ts';
import type { ValuesDocument } from './values-document.ts';

export interface Description {
  readonly range: Range;
  readonly markdown: string;
}

export function describeInValues(
  project: Project,
  chart: ProjectChart,
  document: ValuesDocument,
  position: Position,
): Description | undefined {
  const key = document.at(position);
  if (key === undefined || !isOnLine(key.range, position)) return undefined;
  const facts = valueFacts(project, chart, key.path);
  return facts === undefined ? undefined : { range: key.range, markdown: valueMarkdown(facts) };
}

export function describeInTemplate(
  project: Project,
  chart: ProjectChart,
  document: TemplateDocument,
  position: Position,
): Description | undefined {
  const cursor = cursorAt(document, document.source.offsetAt(position));
  const markdown = cursor === undefined ? undefined : cursorMarkdown(project, chart, cursor);
  return cursor === undefined || markdown === undefined ? undefined : { range: cursor.range, markdown };
}

/** Where the key is declared: in values.yaml of the chart, or of the chart inside it whose value it is. */
export function definitionInValues(
  project: Project,
  chart: ProjectChart,
  document: ValuesDocument,
  position: Position,
): readonly FilePlace[] {
  const key = document.at(position);
  return key === undefined ? [] : declarationsOf(project, chart, key.path);
}

export function definitionInTemplate(
  project: Project,
  chart: ProjectChart,
  document: TemplateDocument,
  position: Position,
): readonly FilePlace[] {
  const cursor = cursorAt(document, document.source.offsetAt(position));
  if (cursor?.kind === 'definition') {
    const found = project.definitions().get(cursor.name) ?? [];
    return found.flatMap(({ file, definition, isArchived }) => (isArchived ? [] : [{ file, range: definition.range }]));
  }
  if (cursor?.kind !== 'reference' || cursor.reference.kind !== 'values') return [];
  return declarationsOf(project, chart, cursor.reference.path);
}

/** Of the value, or of the innermost table around it that is declared. */
function declarationsOf(project: Project, chart: ProjectChart, path: ValuePath): readonly FilePlace[] {
  for (let length = path.length; length > 0; length--) {
    const declared = valueFacts(project, chart, path.slice(0, length))?.declared ?? [];
    if (declared.length > 0) return declared;
  }
  return [];
}

function isOnLine({ start }: Range, { line, character }: Position): boolean {
  return line === start.line && character >= start.character;
}

function cursorMarkdown(project: Project, chart: ProjectChart, cursor: Cursor): string | undefined {
  switch (cursor.kind) {
    case 'function': {
      if (!isTemplateFunction(cursor.name)) return undefined;
      const note = functionNote(cursor.name);
      return [`\`${signature(cursor.name)}\``, ...(note === undefined ? [] : [note])].join('\n\n');
    }
    case 'definition':
      return definitionMarkdown(project, cursor.name);
    case 'reference':
      return referenceMarkdown(project, chart, cursor);
  }
}

function definitionMarkdown(project: Project, name: string): string | undefined {
  const [first] = project.definitions().get(name) ?? [];
  if (first === undefined) return undefined;
  const { file, definition } = first;
  const comment = definition.comment === undefined ? [] : [plain(definition.comment)];
  return [`\`define "${name}"\` in ${file}:${definition.range.start.line + 1}`, ...comment].join('\n\n');
}

function referenceMarkdown(
  project: Project,
  chart: ProjectChart,
  { reference }: Extract<Cursor, { kind: 'reference' }>,
): string | undefined {
  if (reference.kind === 'object') {
    const note = builtInNote(reference.names);
    return note === undefined ? undefined : `\`.${reference.names.join('.')}\`\n\n${note}`;
  }
  if (reference.kind !== 'values') return undefined;
  if (reference.path.length === 0) return `\`.Values\`\n\n${builtInNote(['Values']) ?? ''}`;
  const facts = valueFacts(project, chart, reference.path);
  return facts === undefined ? undefined : valueMarkdown(facts);
}

const MAX_USES = 10;

function valueMarkdown({ path, types, description, standard, declared, uses }: ValueFacts): string {
  const parts = [`**${plain(path)}**${types.length === 0 ? '' : `: ${types.join(' or ')}`}`];
  if (description !== undefined) parts.push(plain(description));
  if (standard !== undefined) parts.push(`Default: \`${shortValue(standard).replaceAll('`', "'")}\``);
  if (declared.length > 0) parts.push(`Declared in ${declared.map(placeText).join(', ')}`);
  if (uses.length > 0) {
    const shown = uses.slice(0, MAX_USES).map((use) => `- ${placeText(use)}`);
    const more = uses.length > MAX_USES ? [`- and ${uses.length - MAX_USES} more`] : [];
    parts.push(['Used by', ...shown, ...more].join('\n'));
  }
  return parts.join('\n\n');
}

function placeText({ file, range }: FilePlace): string {
  return `${file}:${range.start.line + 1}:${range.start.character + 1}`;
}

/** Text of a chart's author without what Markdown would make of it. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>#|]/g, '\\$&');
}
