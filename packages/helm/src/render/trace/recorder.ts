/**
 * Listens to an instrumented render: which template wrote which piece of text, what it included for that, and which
 * values it read. The pieces of a file, one after the other, are the file's text.
 */
import { goText } from '../../go/format.ts';
import { sortedKeys } from '../../go/format-value.ts';
import { type GoFunction, type GoValue, isInt, isMap, sliceItems } from '../../go/value.ts';
import { isEmptyList, type Node, nodeText, type Template } from '../../template/node.ts';
import type { PathFinder } from '../../values/path-finder.ts';
import type { ValuePath } from '../../values/value-path.ts';
import { instrument, REPORTS, type Reference, type Site } from './instrument.ts';

/** A text that one node of a template wrote. */
export interface Piece {
  readonly node: Node;
  readonly text: string;
  /** Templates that ran while the node was evaluated, or earlier for a variable that it may use. */
  readonly calls: readonly Call[];
  /** Values that it used. */
  readonly reads: readonly ValuePath[];
}

/** One run of a template. */
export interface Call {
  readonly template: Template;
  readonly pieces: readonly Piece[];
}

/** The text of a call. */
export function callText(call: Call): string {
  return call.pieces.map(({ text }) => text).join('');
}

interface OpenCall {
  readonly template: Template;
  readonly pieces: Piece[];
  /** Calls whose text no piece has taken yet. */
  pending: Call[];
  /** Calls made for variables. */
  readonly earlier: Call[];
  /** A `{{ template }}` that is about to run. */
  expected: Site | undefined;
  readonly variables: Map<string, readonly ValuePath[]>;
  readonly branches: Map<number, Branch>;
}

interface Branch {
  readonly site: Site;
  readonly reads: readonly ValuePath[];
  readonly value: GoValue;
  turn: number;
}

export interface Recorder {
  readonly instrument: (template: Template) => Template;
  readonly functions: ReadonlyMap<string, GoFunction>;
  /** Forgets what was under way: a file has failed. */
  readonly reset: () => void;
  /** The last finished call of each file. */
  readonly files: ReadonlyMap<string, Call>;
}

export function createRecorder(findPath: PathFinder): Recorder {
  const sites: Site[] = [];
  const files = new Map<string, Call>();
  const stack: OpenCall[] = [];
  const empty = new Map<string, string>();

  const enter = (site: Site): void => {
    const { template } = site;
    stack.push({
      template,
      pieces: [],
      pending: [],
      earlier: [],
      expected: undefined,
      variables: new Map(),
      branches: new Map(),
    });
  };
  const leave = (): void => {
    const done = stack.pop();
    if (done === undefined) return;
    const call: Call = { template: done.template, pieces: done.pieces };
    const caller = stack.at(-1);
    if (caller === undefined) {
      files.set(call.template.name, call);
    } else if (caller.expected !== undefined && isCallOf(caller.expected.node, call)) {
      caller.pieces.push({ node: caller.expected.node, text: callText(call), calls: [call], reads: [] });
      caller.expected = undefined;
    } else {
      caller.pending.push(call);
    }
  };
  const readsOf = (site: Site, roots: readonly GoValue[], open: OpenCall): ValuePath[] => {
    const found = site.references.flatMap((reference, at) => readPaths(reference, roots[at], site, open, findPath));
    return found.filter((path, at) => found.findIndex((each) => samePath(each, path)) === at);
  };
  const wrote = (site: Site, roots: readonly GoValue[], value: GoValue): void => {
    const open = stack.at(-1);
    if (open === undefined) return;
    const text = value === undefined || value === null ? '' : goText(value);
    const calls = [...open.pending, ...open.earlier];
    open.pending = [];
    open.pieces.push({ node: site.node, text, calls, reads: readsOf(site, roots, open) });
  };
  const assigned = (site: Site, roots: readonly GoValue[]): void => {
    const open = stack.at(-1);
    if (open === undefined || site.node.type !== 'action') return;
    open.earlier.unshift(...open.pending);
    open.pending = [];
    const reads = readsOf(site, roots, open);
    for (const name of site.node.pipe.declarations) open.variables.set(name, reads);
  };
  const branch = (id: number, site: Site, roots: readonly GoValue[], value: GoValue): void => {
    const open = stack.at(-1);
    if (open === undefined) return;
    open.earlier.unshift(...open.pending);
    open.pending = [];
    open.branches.set(id, { site, reads: readsOf(site, roots, open), value, turn: -1 });
    const { node } = site;
    if (node.type === 'with' || node.type === 'if') {
      for (const name of node.pipe.declarations) open.variables.set(name, readsOf(site, roots, open));
    }
  };
  const turn = (id: number): void => {
    const open = stack.at(-1);
    const current = open?.branches.get(id);
    if (open === undefined || current === undefined || current.site.node.type !== 'range') return;
    current.turn++;
    const element = current.site.node.pipe.declarations.at(-1);
    if (element !== undefined) open.variables.set(element, elementPaths(current));
  };

  /** After a `{{ template }}` whose template, being empty, has reported nothing. */
  const called = ({ node }: Site): void => {
    const open = stack.at(-1);
    if (open?.expected === undefined || node.type !== 'template') return;
    open.expected = undefined;
    open.pieces.push({ node, text: empty.get(node.name) ?? '', calls: [], reads: [] });
  };

  const withSite = (run: (site: Site, id: number, args: readonly GoValue[]) => void): GoFunction => ({
    parameters: [],
    rest: 'value',
    run: (args) => {
      const [id] = args;
      const at = isInt(id) ? Number(id.value) : -1;
      const site = sites[at];
      if (site !== undefined) run(site, at, args.slice(1));
      return args.at(-1);
    },
  });
  const functions = new Map<string, GoFunction>([
    [REPORTS.enter, withSite(enter)],
    [REPORTS.leave, withSite(leave)],
    [
      REPORTS.text,
      withSite(({ node }) => {
        if (node.type === 'text') stack.at(-1)?.pieces.push({ node, text: node.text, calls: [], reads: [] });
      }),
    ],
    [REPORTS.wrote, withSite((site, _id, args) => wrote(site, args, args.at(-1)))],
    [REPORTS.assigned, withSite((site, _id, args) => assigned(site, args))],
    [REPORTS.branch, withSite((site, id, args) => branch(id, site, args, args.at(-1)))],
    [REPORTS.turn, withSite((_site, id) => turn(id))],
    [REPORTS.called, withSite(called)],
    [
      REPORTS.call,
      withSite((site) => {
        const open = stack.at(-1);
        if (open !== undefined) open.expected = site;
      }),
    ],
  ]);
  return {
    instrument: (template) => {
      if (!isEmptyList(template.root)) return instrument(template, sites);
      // It must stay empty: an empty definition doesn't replace another one.
      if (!empty.has(template.name)) empty.set(template.name, template.root.map(nodeText).join(''));
      return template;
    },
    functions,
    reset: () => {
      stack.length = 0;
    },
    files,
  };
}

function isCallOf(node: Node, call: Call): boolean {
  return node.type === 'template' && node.name === call.template.name;
}

function readPaths(
  { root, names }: Reference,
  receiver: GoValue,
  site: Site,
  open: OpenCall,
  findPath: PathFinder,
): readonly ValuePath[] {
  const found = findPath(receiver, names);
  if (found !== undefined) return found.length === 0 ? [] : [found];
  if (names.length > 0 || isMap(receiver)) return [];
  if (root !== '.') return open.variables.get(root) ?? [];
  const from = site.dotFrom === undefined ? undefined : open.branches.get(site.dotFrom);
  return from === undefined ? [] : elementPaths(from);
}

/** Where the dot inside a `with` or `range` comes from. */
function elementPaths({ site, reads, value, turn }: Branch): readonly ValuePath[] {
  if (site.node.type !== 'range' || reads.length !== 1 || turn < 0) return reads;
  const [path = []] = reads;
  if (isMap(value)) {
    const key = sortedKeys(value)[turn];
    return key === undefined ? reads : [[...path, key]];
  }
  return sliceItems(value) === undefined ? reads : [[...path, turn]];
}

function samePath(a: ValuePath, b: ValuePath): boolean {
  return a.length === b.length && a.every((step, at) => step === b[at]);
}
