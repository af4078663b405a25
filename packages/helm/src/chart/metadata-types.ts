/**
 * The types of the members of Chart.yaml: what must be a list can't be a text. The messages are those of Go's
 * encoding/json, which helm reads charts with; it passes over what it doesn't know.
 */
import type { Members } from '../go/struct-members.ts';
import { type GoValue, isMap, sliceItems } from '../go/value.ts';

type Shape =
  | { readonly kind: 'string' }
  | { readonly kind: 'bool' }
  | { readonly kind: 'any' }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'texts' }
  | Struct;

interface Struct {
  readonly kind: 'struct';
  readonly name: string;
  readonly members: Readonly<Record<string, Shape>>;
}

const text: Shape = { kind: 'string' };
const flag: Shape = { kind: 'bool' };
const textList: Shape = { kind: 'list', of: text };

function texts(...names: readonly string[]): Record<string, Shape> {
  return Object.fromEntries(names.map((name) => [name, text]));
}

const MAINTAINER: Struct = { kind: 'struct', name: 'Maintainer', members: texts('name', 'email', 'url') };

const DEPENDENCY: Struct = {
  kind: 'struct',
  name: 'Dependency',
  members: {
    ...texts('name', 'version', 'repository', 'condition', 'alias'),
    tags: textList,
    enabled: flag,
    'import-values': { kind: 'list', of: { kind: 'any' } },
  },
};

const METADATA: Struct = {
  kind: 'struct',
  name: 'Metadata',
  members: {
    ...texts('name', 'home', 'version', 'description', 'icon', 'apiVersion', 'condition', 'tags', 'appVersion'),
    ...texts('kubeVersion', 'type'),
    sources: textList,
    keywords: textList,
    maintainers: { kind: 'list', of: MAINTAINER },
    deprecated: flag,
    annotations: { kind: 'texts' },
    dependencies: { kind: 'list', of: DEPENDENCY },
  },
};

const LOCK: Struct = {
  kind: 'struct',
  name: 'Lock',
  members: { generated: { kind: 'any' }, ...texts('digest'), dependencies: { kind: 'list', of: DEPENDENCY } },
};

export const metadataMembers: Members = membersOf(METADATA);
export const lockMembers: Members = membersOf(LOCK);
/** Of requirements.yaml. */
export const requirementsMembers: Members = { dependencies: membersOf(DEPENDENCY) };

function membersOf(shape: Shape): Members {
  if (shape.kind === 'list') return membersOf(shape.of);
  if (shape.kind !== 'struct') return {};
  return Object.fromEntries(Object.entries(shape.members).map(([name, inner]) => [name, membersOf(inner)]));
}

export function lockTypeProblem(root: GoValue): string | undefined {
  return typeProblem(root, LOCK);
}

/** The first member of a wrong type; undefined when all are right. */
export function metadataTypeProblem(root: GoValue): string | undefined {
  return typeProblem(root, METADATA);
}

function typeProblem(root: GoValue, struct: Struct): string | undefined {
  const problem = mismatch(root, struct, struct.name, '');
  return problem === undefined ? undefined : `error unmarshaling JSON: while decoding JSON: json: ${problem}`;
}

/** The first member that nobody knows. */
export function unknownMember(root: GoValue): string | undefined {
  return unknown(root, METADATA);
}

function mismatch(value: GoValue, shape: Shape, struct: string, path: string): string | undefined {
  if (value === null || value === undefined || shape.kind === 'any') return undefined;
  const found = jsonKind(value);
  const items = sliceItems(value);
  const refuse = (): string => {
    const into =
      path === '' ? `Go value of type ${goType(shape)}` : `Go struct field ${struct}.${path} of type ${goType(shape)}`;
    return `cannot unmarshal ${found} into ${into}`;
  };
  switch (shape.kind) {
    case 'string':
      // Numbers and booleans become text.
      return found === 'array' || found === 'object' ? refuse() : undefined;
    case 'bool':
      return found === 'bool' ? undefined : refuse();
    case 'list':
      return items === undefined ? refuse() : first(items, (item) => mismatch(item, shape.of, struct, path));
    case 'texts':
      return isMap(value) ? first([...value.values()], (item) => mismatch(item, text, struct, path)) : refuse();
    case 'struct': {
      if (!isMap(value)) return refuse();
      const names = [...value.keys()].filter((name) => Object.hasOwn(shape.members, name)).sort();
      return first(names, (name) => {
        const inner = shape.members[name];
        const innerPath = path === '' ? name : `${path}.${name}`;
        return inner === undefined ? undefined : mismatch(value.get(name), inner, shape.name, innerPath);
      });
    }
  }
}

function unknown(value: GoValue, shape: Shape): string | undefined {
  if (shape.kind === 'list') return first(sliceItems(value) ?? [], (item) => unknown(item, shape.of));
  if (shape.kind !== 'struct' || !isMap(value)) return undefined;
  return first([...value.keys()].sort(), (name) => {
    const inner = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
    return inner === undefined ? name : unknown(value.get(name), inner);
  });
}

function first<T>(items: readonly T[], find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What Go's messages call a value. */
export function jsonKind(value: GoValue): string {
  if (isMap(value)) return 'object';
  if (sliceItems(value) !== undefined) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'number';
}

function goType(shape: Shape): string {
  switch (shape.kind) {
    case 'any':
      return 'interface {}';
    case 'texts':
      return 'map[string]string';
    case 'struct':
      return `v2.${shape.name}`;
    case 'list':
      return `[]${shape.of.kind === 'struct' ? '*' : ''}${goType(shape.of)}`;
    default:
      return shape.kind;
  }
}
