/**
 * Sets of field paths, kept in the very form that `metadata.managedFields[].fieldsV1` has on the wire.
 *
 * A node maps path elements to nodes. An empty node is a path of the set; a node with children is one when it has `.`
 * as well. The root is no path: `{}` is the empty set. Sets are immutable here: operations share unchanged parts.
 */
import type { FieldsV1 } from '../../object/meta.ts';
import { canonicalElement, compareElements, formatElement, SELF } from './path-element.ts';

/** The node of a path without children. */
export const LEAF: FieldsV1 = Object.freeze({});

export const emptyFieldSet: FieldsV1 = Object.freeze({});

export function isEmptyFieldSet(set: FieldsV1): boolean {
  for (const _ in set) return false;
  return true;
}

/** True when the node itself is a path of the set. */
export function isMember(node: FieldsV1): boolean {
  return Object.hasOwn(node, SELF) || isEmptyFieldSet(node);
}

/** The paths that are in either set. */
export function unionOf(a: FieldsV1, b: FieldsV1): FieldsV1 {
  if (a === b || isEmptyFieldSet(b)) return a;
  if (isEmptyFieldSet(a)) return b;
  return unionOfChildren(a, b);
}

function unionOfChildren(a: FieldsV1, b: FieldsV1): FieldsV1 {
  let result: FieldsV1 | undefined;
  let grown = false;
  for (const element in b) {
    const [left, right] = [a[element], b[element] ?? LEAF];
    const united = left === undefined ? right : unionOfNodes(left, right);
    if (united === left) continue;
    result ??= { ...a };
    result[element] = united;
    grown ||= left === undefined;
  }
  if (result === undefined) return a;
  return grown ? sorted(result) : result;
}

function unionOfNodes(a: FieldsV1, b: FieldsV1): FieldsV1 {
  if (isEmptyFieldSet(b)) return withSelf(a);
  if (isEmptyFieldSet(a)) return withSelf(b);
  return unionOfChildren(a, b);
}

/** The node with itself as a path of the set. */
export function withSelf(node: FieldsV1): FieldsV1 {
  return isMember(node) ? node : { [SELF]: LEAF, ...node };
}

/** The paths of `a` that are not in `b`; children of a path in `b` stay unless they are in `b` themselves. */
export function differenceOf(a: FieldsV1, b: FieldsV1): FieldsV1 {
  return subtract(a, b, false);
}

/** The paths of `a` that are neither in `b` nor below a path of `b`. */
export function recursiveDifferenceOf(a: FieldsV1, b: FieldsV1): FieldsV1 {
  return subtract(a, b, true);
}

function subtract(a: FieldsV1, b: FieldsV1, recursive: boolean): FieldsV1 {
  if (isEmptyFieldSet(b)) return a;
  const result: FieldsV1 = {};
  let changed = false;
  for (const element of Object.keys(a)) {
    const [left, right] = [a[element] ?? LEAF, b[element]];
    const rest = right === undefined ? left : subtractNode(left, right, recursive);
    if (rest !== left) changed = true;
    if (rest !== undefined) result[element] = rest;
  }
  return changed ? result : a;
}

function subtractNode(a: FieldsV1, b: FieldsV1, recursive: boolean): FieldsV1 | undefined {
  if (recursive && isMember(b)) return undefined;
  const own = isMember(a) && !isMember(b);
  if (isEmptyFieldSet(a)) return own ? a : undefined;
  const rest = subtract(a, b, recursive);
  if (isMember(a) === own) return isEmptyFieldSet(rest) ? undefined : rest;
  const { [SELF]: _, ...children } = rest;
  return isEmptyFieldSet(children) ? undefined : children;
}

/** The paths that are in both sets. */
export function intersectionOf(a: FieldsV1, b: FieldsV1): FieldsV1 {
  const result: FieldsV1 = {};
  for (const element of Object.keys(a)) {
    if (element === SELF) continue;
    const [left, right] = [a[element] ?? LEAF, b[element]];
    if (right === undefined) continue;
    const children = intersectionOf(left, right);
    if (isMember(left) && isMember(right)) result[element] = isEmptyFieldSet(children) ? LEAF : withSelf(children);
    else if (!isEmptyFieldSet(children)) result[element] = children;
  }
  return result;
}

/** The paths of the set that have no other path of the set below them. */
export function leavesOf(set: FieldsV1): FieldsV1 {
  const result: FieldsV1 = {};
  for (const element of Object.keys(set)) {
    if (element !== SELF) result[element] = leavesOf(set[element] ?? LEAF);
  }
  return result;
}

/** True for the same paths. The second set may come from a client and be no set at all. */
export function equalFieldSets(a: FieldsV1, b: FieldsV1 | null | undefined): boolean {
  if (a === b) return true;
  if (typeof b !== 'object' || b === null) return false;
  let count = 0;
  for (const element in a) {
    if (!equalFieldSets(a[element] ?? LEAF, b[element])) return false;
    count++;
  }
  return count === Object.keys(b).length;
}

/** Calls `visit` for each path of the set, parents before children, elements in order. */
export function forEachPath(set: FieldsV1, visit: (path: readonly string[]) => void): void {
  walk(set, [], visit);
}

function walk(node: FieldsV1, path: readonly string[], visit: (path: readonly string[]) => void): void {
  for (const element of Object.keys(node).toSorted(compareElements)) {
    if (element === SELF) continue;
    const child = node[element] ?? LEAF;
    const childPath = [...path, element];
    if (isMember(child)) visit(childPath);
    walk(child, childPath, visit);
  }
}

/** A path as messages show it: `.spec.containers[name="web"].image`. */
export function formatPath(path: readonly string[]): string {
  return path.map(formatElement).join('');
}

/** Makes a node of children in any order: sorted, and with `.` when the node itself is a path of the set. */
export function nodeOf(children: [string, FieldsV1][], own: boolean): FieldsV1 {
  if (children.length > 1) children.sort((a, b) => compareElements(a[0], b[0]));
  const node: FieldsV1 = {};
  if (own && children.length > 0) node[SELF] = LEAF;
  for (const [element, child] of children) node[element] = child;
  return node;
}

function sorted(node: FieldsV1): FieldsV1 {
  return Object.fromEntries(Object.entries(node).sort((a, b) => compareElements(a[0], b[0])));
}

/**
 * Reads FieldsV1 that came from a client: elements in canonical form and order, unknown kinds of elements left out.
 *
 * @throws SyntaxError when it is not a set of field paths.
 */
export function readFieldSet(value: unknown): FieldsV1 {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SyntaxError('fieldsV1 must be made of objects');
  }
  const children: [string, FieldsV1][] = [];
  let own = false;
  for (const [name, child] of Object.entries(value)) {
    if (name === SELF) {
      own = true;
      continue;
    }
    const element = canonicalElement(name);
    if (element !== undefined) children.push([element, readFieldSet(child)]);
  }
  return nodeOf(children, own);
}
