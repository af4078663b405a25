/**
 * Rewrites a parsed template so that it reports what it writes: each text and each action calls a function that no
 * template can name. A render that explains an error runs these; a plain render never sees them and pays nothing.
 */
import type { Command, List, Node, Operand, Pipe, Template } from '../../template/node.ts';
import { parseNumber } from '../../template/number-literal.ts';

/** Names of the reporting functions; a space can't stand in the name of a template's function. */
export const REPORTS = {
  enter: 'trace enter',
  leave: 'trace leave',
  text: 'trace text',
  wrote: 'trace wrote',
  assigned: 'trace assigned',
  branch: 'trace branch',
  turn: 'trace turn',
  call: 'trace call',
  called: 'trace called',
} as const;

/** A field or a variable that a pipeline reads: `$x.a.b` is the names a, b of what `$x` holds. */
export interface Reference {
  /** `.` or the name of a variable. */
  readonly root: string;
  readonly names: readonly string[];
}

/** What the number in a report stands for. */
export interface Site {
  readonly template: Template;
  readonly node: Node;
  readonly references: readonly Reference[];
  /** The innermost `with` or `range` around it, which is where its dot comes from. */
  readonly dotFrom: number | undefined;
}

/** The rewritten template; adds its sites to the list. */
export function instrument(template: Template, sites: Site[]): Template {
  const add = (node: Node, dotFrom: number | undefined): { id: number; references: readonly Reference[] } => {
    const pipe = pipeOf(node);
    const references = pipe === undefined ? [] : referencesOf(pipe);
    sites.push({ template, node, references, dotFrom });
    return { id: sites.length - 1, references };
  };
  const rewriteList = (list: List, dotFrom: number | undefined): Node[] =>
    list.flatMap((node) => rewrite(node, dotFrom));
  const rewrite = (node: Node, dotFrom: number | undefined): Node[] => {
    if (node.type === 'break' || node.type === 'continue') return [node];
    const { id, references } = add(node, dotFrom);
    switch (node.type) {
      case 'text':
        return [report(REPORTS.text, id, node.position), node];
      case 'action': {
        const name = node.pipe.declarations.length === 0 ? REPORTS.wrote : REPORTS.assigned;
        return [{ ...node, pipe: reporting(node.pipe, name, id, references) }];
      }
      case 'template':
        return [report(REPORTS.call, id, node.position), node, report(REPORTS.called, id, node.position)];
      case 'if':
      case 'with':
      case 'range': {
        const pipe = reporting(node.pipe, REPORTS.branch, id, references);
        const inner = node.type === 'if' ? dotFrom : id;
        const list = rewriteList(node.list, inner);
        if (node.type === 'range') list.unshift(report(REPORTS.turn, id, node.position));
        const elseList = node.elseList === undefined ? undefined : rewriteList(node.elseList, dotFrom);
        return [{ ...node, pipe, list, elseList }];
      }
    }
  };
  const { id } = add({ type: 'text', text: '', position: 0 }, undefined);
  const root = [report(REPORTS.enter, id, 0), ...rewriteList(template.root, undefined), report(REPORTS.leave, id, 0)];
  return { ...template, root };
}

function pipeOf(node: Node): Pipe | undefined {
  return 'pipe' in node ? node.pipe : undefined;
}

/** `{{ report id }}`, which prints nothing. */
function report(name: string, id: number, position: number): Node {
  const command: Command = {
    type: 'command',
    args: [{ type: 'identifier', name, position }, number(id, position)],
    position,
  };
  // Declaring a variable is what keeps an action from printing.
  const pipe: Pipe = { type: 'pipe', declarations: [UNUSED], isAssignment: false, commands: [command], position };
  return { type: 'action', pipe, position };
}

const UNUSED = '$trace';

/** The same pipeline with a last stage that reports its value and passes it on. */
function reporting(pipe: Pipe, name: string, id: number, references: readonly Reference[]): Pipe {
  const { position } = pipe;
  const roots = references.map(({ root }): Operand => {
    return root === '.' ? { type: 'dot', position } : { type: 'variable', names: [root], position };
  });
  const last: Command = {
    type: 'command',
    args: [{ type: 'identifier', name, position }, number(id, position), ...roots],
    position,
  };
  return { ...pipe, commands: [...pipe.commands, last] };
}

function number(value: number, position: number): Operand {
  const text = String(value);
  return { type: 'number', text, value: parseNumber(text) ?? { int: 0n, float: 0, isInt: true }, position };
}

function referencesOf(pipe: Pipe): Reference[] {
  return pipe.commands.flatMap(({ args }) => args.flatMap(operandReferences));
}

function operandReferences(operand: Operand): Reference[] {
  switch (operand.type) {
    case 'dot':
      return [{ root: '.', names: [] }];
    case 'field':
      return [{ root: '.', names: operand.names }];
    case 'variable':
      return [{ root: operand.names[0] ?? '$', names: operand.names.slice(1) }];
    case 'chain':
      return operandReferences(operand.node);
    case 'pipe':
      return referencesOf(operand);
    default:
      return [];
  }
}
