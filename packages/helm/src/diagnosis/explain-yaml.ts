/** Hints about a rendered document that is no YAML: its lines, who wrote them, and what would make it readable. */
import type { Call, Piece } from '../render/trace/recorder.ts';
import { locate, type SourceStep, spansOf } from '../render/trace/source-map.ts';
import { nodeText, type Pipe } from '../template/node.ts';
import { type BrokenDocument, problemPlace } from './broken-yaml.ts';
import { excerpt } from './excerpt.ts';
import { type OriginOf, stepLines, templatePlace, valueText } from './template-place.ts';
import { findRepair, type IndentedPiece, type Joint, type Repair } from './yaml-repair.ts';

export interface ExplainYamlOptions {
  readonly originOf: OriginOf;
  /** Show rendered lines. */
  readonly excerpts: boolean;
}

export interface YamlExplanation {
  /** Each may have several lines. */
  readonly hints: readonly string[];
  /** Who began the line that is wrong, the rendered file first. */
  readonly steps: readonly SourceStep[];
}

/** `call` is the run that wrote the file, when it is known. */
export function explainYaml(
  document: BrokenDocument,
  call: Call | undefined,
  { originOf, excerpts }: ExplainYamlOptions,
): YamlExplanation {
  const place = problemPlace(document);
  if (place === undefined) return { hints: [], steps: [] };
  const indented = call === undefined ? [] : indentedPieces(document, call);
  const repair = findRepair(document.text, place.line, {
    pieces: indented.map(({ piece }) => piece),
    joints: call === undefined ? [] : jointsOf(document, call),
  });
  const line = repair !== undefined && 'line' in repair ? repair.line : place.line;
  const column = line === place.line ? place.column : firstColumn(document.text, line);
  const hints = [
    excerpts
      ? [`line ${line} of the rendered document:`, ...excerpt(shownText(document.text), line, column)].join('\n')
      : `line ${line}, column ${column}, of the rendered document`,
  ];
  if (call !== undefined) hints.push(...writers(document, line, call, originOf));
  const advice = repair === undefined ? undefined : adviceText(repair, document, call, indented, originOf);
  if (advice !== undefined) hints.push(advice);
  const start = document.start + offsetOfLine(document.text, line) + firstColumn(document.text, line) - 1;
  return { hints, steps: call === undefined ? [] : locate(call, start) };
}

/** What a Secret holds has no place in messages, which end in logs and in the status of resources. */
function shownText(text: string): string {
  if (!/^kind:\s*["']?Secret\b/m.test(text)) return text;
  return text
    .split('\n')
    .map((line) => {
      const [key = ''] = /^\s*(?:- )*(?:[\w./-]+:(?=\s|$))?/.exec(line) ?? [];
      if (/^(?:apiVersion|kind|metadata|type):/.test(line)) return line;
      return key + line.slice(key.length).replaceAll(/[\p{L}\p{N}]/gu, '*');
    })
    .join('\n');
}

function firstColumn(text: string, line: number): number {
  const content = text.split('\n')[line - 1] ?? '';
  return content.length - content.trimStart().length + 1;
}

interface WrittenPiece {
  readonly piece: IndentedPiece;
  readonly source: Piece;
  readonly steps: readonly SourceStep[];
}

/** The pieces of the document that `indent` and `nindent` of the file's own template wrote. */
function indentedPieces({ text, start }: BrokenDocument, call: Call): WrittenPiece[] {
  return spansOf(call).flatMap((span) => {
    const { node } = span.piece;
    const indent = node.type === 'action' ? indentOf(node.pipe) : undefined;
    if (indent === undefined || span.end <= start || span.start >= start + text.length) return [];
    const piece: IndentedPiece = {
      ...indent,
      start: Math.max(0, span.start - start),
      end: Math.min(text.length, span.end - start),
    };
    return [{ piece, source: span.piece, steps: locate(call, span.start) }];
  });
}

/** Where texts of the file's own template stand next to a trim marker that has removed a line break. */
function jointsOf({ text, start }: BrokenDocument, call: Call): Joint[] {
  const { source } = call.template;
  return spansOf(call).flatMap((span): Joint[] => {
    const { node } = span.piece;
    if (node.type !== 'text' || span.end <= start || span.start >= start + text.length) return [];
    const before = /-\}\}(\s*)$/.exec(source.slice(0, node.position));
    const end = node.position + node.text.length;
    const after = /^(\s*)\{\{-/.exec(source.slice(end));
    const joints: Joint[] = [];
    if (before?.[1]?.includes('\n') === true) {
      joints.push({ offset: span.start - start, removed: lastBreak(before[1]), position: before.index, marker: '-}}' });
    }
    if (after?.[1]?.includes('\n') === true) {
      const position = end + after[1].length;
      joints.push({ offset: span.end - start, removed: lastBreak(after[1]), position, marker: '{{-' });
    }
    return joints.filter(({ offset }) => offset > 0 && offset < text.length);
  });
}

function lastBreak(space: string): string {
  return space.slice(space.lastIndexOf('\n'));
}

/** The last `indent` or `nindent` of a pipeline with a number that is written there. */
function indentOf(pipe: Pipe): { function: 'indent' | 'nindent'; columns: number } | undefined {
  const command = pipe.commands.at(-1);
  const [name, columns] = command?.args ?? [];
  if (name?.type !== 'identifier' || columns?.type !== 'number') return undefined;
  if (name.name !== 'indent' && name.name !== 'nindent') return undefined;
  return { function: name.name, columns: Number(columns.text) };
}

/** Who wrote the line: for each piece that it consists of the way to the template it stands in. */
function writers({ text, start }: BrokenDocument, line: number, call: Call, originOf: OriginOf): string[] {
  const from = start + offsetOfLine(text, line);
  const content = text.split('\n')[line - 1] ?? '';
  const indent = content.length - content.trimStart().length;
  const seen = new Set<string>();
  const chains: string[] = [];
  const end = Math.min(content.length, indent + MAX_COLUMNS);
  for (let offset = from + indent; offset < from + end; offset++) {
    const steps = locate(call, offset);
    const innermost = steps.at(-1);
    if (innermost === undefined) continue;
    const key = `${innermost.template.file} ${innermost.node.position} ${innermost.node.type}`;
    // Of the texts between the values one is enough.
    const isMore = innermost.node.type === 'text' && seen.has(innermost.template.name);
    if (isMore || seen.has(key)) continue;
    seen.add(key);
    if (innermost.node.type === 'text') seen.add(innermost.template.name);
    chains.push(stepLines(steps, originOf).join('\n  '));
    if (chains.length === MAX_WRITERS) break;
  }
  return chains.map((chain, at) => `${at === 0 ? 'written by' : 'and by'} ${chain}`);
}

const MAX_WRITERS = 3;
/** Each character is looked up in the whole text, which takes long for long lines. */
const MAX_COLUMNS = 1000;

function offsetOfLine(text: string, line: number): number {
  return text
    .split('\n')
    .slice(0, line - 1)
    .reduce((sum, each) => sum + each.length + 1, 0);
}

function adviceText(
  repair: Repair,
  document: BrokenDocument,
  call: Call | undefined,
  indented: readonly WrittenPiece[],
  originOf: OriginOf,
): string | undefined {
  switch (repair.kind) {
    case 'indent':
    case 'prefix': {
      const written = indented.find(({ piece }) => piece === repair.piece);
      const [step] = written?.steps ?? [];
      const where = step === undefined ? '' : ` at ${templatePlace(step.template, step.position)}`;
      const was = `${repair.piece.function} ${repair.piece.columns}`;
      if (repair.kind === 'prefix') {
        return `spaces before {{ … ${was} }}${where} move its first line only; {{- … nindent ${repair.columns} }} makes the document valid`;
      }
      return `${was}${where} doesn't fit what is around it; ${repair.piece.function} ${repair.columns} makes the document valid`;
    }
    case 'joint': {
      const { marker, position } = repair.joint;
      const where = call === undefined ? '' : ` at ${templatePlace(call.template, position)}`;
      return `${marker}${where} removes the line break there, which joins two lines; without its dash the document is valid`;
    }
    case 'reindent':
      return `line ${repair.line} is indented by ${repair.from} spaces; with ${repair.to} the document is valid`;
    case 'tab':
      return `line ${repair.line} is indented with a tab, which YAML doesn't allow; use spaces`;
    case 'space':
      return `line ${repair.line} has no space after the colon`;
    case 'close':
      return `line ${repair.line} has no ${repair.mark} at its end`;
    case 'quote':
      return quoteAdvice(repair, document, call, originOf);
  }
}

/** Advises `| quote` when an action wrote the value. */
function quoteAdvice(
  { line, text }: Extract<Repair, { kind: 'quote' }>,
  document: BrokenDocument,
  call: Call | undefined,
  originOf: OriginOf,
): string {
  const general = `the value on line ${line} must be quoted`;
  if (call === undefined) return general;
  const from = document.start + offsetOfLine(document.text, line);
  const content = document.text.split('\n')[line - 1] ?? '';
  const start = from + Math.max(0, content.indexOf(text));
  const first = locate(call, start).at(-1);
  const last = locate(call, start + text.length - 1).at(-1);
  const isOnePiece = first?.node === last?.node && first?.template === last?.template;
  if (first?.node.type !== 'action' || !isOnePiece) return general;
  const [path] = first.reads;
  const value = path === undefined ? '' : `: ${valueText(path, originOf)}`;
  return `${general}${value}; write {{ ${nodeText(first.node.pipe)} | quote }}`;
}
