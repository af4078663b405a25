/**
 * The tree of a parsed template (Go's text/template/parse), and nodes as text, which error messages quote.
 * Positions are offsets into the source of the file that a node stands in.
 */
import { type GoValue, goInt } from '../go/value.ts';

interface Base {
  readonly position: number;
}

export type Operand =
  | (Base & { readonly type: 'dot' })
  | (Base & { readonly type: 'nil' })
  | (Base & { readonly type: 'bool'; readonly value: boolean })
  | (Base & { readonly type: 'number'; readonly text: string; readonly value: NumberLiteral })
  | (Base & { readonly type: 'string'; readonly quoted: string; readonly text: string })
  | (Base & { readonly type: 'field'; readonly names: readonly string[] })
  | (Base & { readonly type: 'variable'; readonly names: readonly string[] })
  | (Base & { readonly type: 'identifier'; readonly name: string })
  | (Base & { readonly type: 'chain'; readonly node: Operand; readonly names: readonly string[] })
  | Pipe;

/** What a number literal may be: `1` is both, `1.5` a float only. */
export interface NumberLiteral {
  readonly int: bigint | undefined;
  readonly float: number | undefined;
  /** True when it is written as an int or a character: then it is an int where any type will do. */
  readonly isInt: boolean;
}

export interface Command extends Base {
  readonly type: 'command';
  readonly args: readonly Operand[];
}

export interface Pipe extends Base {
  readonly type: 'pipe';
  readonly declarations: readonly string[];
  readonly isAssignment: boolean;
  readonly commands: readonly Command[];
}

export interface Branch extends Base {
  readonly type: 'if' | 'with' | 'range';
  readonly pipe: Pipe;
  readonly list: List;
  readonly elseList: List | undefined;
}

export type Node =
  | (Base & { readonly type: 'text'; readonly text: string })
  | (Base & { readonly type: 'action'; readonly pipe: Pipe })
  | (Base & {
      readonly type: 'template';
      readonly name: string;
      readonly quoted: string;
      readonly pipe: Pipe | undefined;
    })
  | (Base & { readonly type: 'break' | 'continue' })
  | Branch;

export type List = readonly Node[];

/** A template that has a name: a file or a `define`. */
export interface Template {
  readonly name: string;
  /** The file it is written in. */
  readonly file: string;
  /** Text of that file. */
  readonly source: string;
  readonly root: List;
}

/** Anything that an error can point at. */
export type AnyNode = Node | Operand | Command;

/** True when the template has nothing but white space: such a definition does not replace another one. */
export function isEmptyList(list: List): boolean {
  return list.every((node) => node.type === 'text' && node.text.trim() === '');
}

/** The node as it might stand in a template. */
export function nodeText(node: AnyNode): string {
  switch (node.type) {
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(node.value);
    case 'number':
      return node.text;
    case 'string':
      return node.quoted;
    case 'field':
      return node.names.map((name) => `.${name}`).join('');
    case 'variable':
      return node.names.join('.');
    case 'identifier':
      return node.name;
    case 'chain':
      return `${argumentText(node.node)}${node.names.map((name) => `.${name}`).join('')}`;
    case 'command':
      return node.args.map(argumentText).join(' ');
    case 'pipe':
      return pipeText(node);
    case 'text':
      return node.text;
    case 'action':
      return `{{${pipeText(node.pipe)}}}`;
    case 'template':
      return `{{template ${node.quoted}${node.pipe === undefined ? '' : ` ${pipeText(node.pipe)}`}}}`;
    case 'break':
    case 'continue':
      return `{{${node.type}}}`;
    default:
      return branchText(node);
  }
}

function argumentText(node: Operand): string {
  return node.type === 'pipe' ? `(${pipeText(node)})` : nodeText(node);
}

function pipeText(pipe: Pipe): string {
  const declarations =
    pipe.declarations.length === 0 ? '' : `${pipe.declarations.join(', ')} ${pipe.isAssignment ? '=' : ':='} `;
  return declarations + pipe.commands.map((command) => nodeText(command)).join(' | ');
}

function branchText(node: Branch): string {
  const rest = node.elseList === undefined ? '' : `{{else}}${node.elseList.map((each) => nodeText(each)).join('')}`;
  return `{{${node.type} ${pipeText(node.pipe)}}}${node.list.map((each) => nodeText(each)).join('')}${rest}{{end}}`;
}

/** The literal as a value where any type will do. */
export function idealConstant(literal: NumberLiteral): GoValue {
  return literal.isInt && literal.int !== undefined ? goInt(literal.int) : literal.float;
}
