/**
 * The table of all built-in types: fields, protobuf numbers, list and patch semantics. The generated text of a type is
 * parsed when somebody first asks for it, so that a start pays only for what it uses.
 *
 * The text's form is described in `scripts/render-table.mjs`.
 */
import type { FieldInfo, TypeInfo, TypeTable } from '@kindred/machinery';
import { packageOfGroupVersion, typeTableText } from './gen/type-table.ts';

const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Looks built-in types up.
 *
 * @example typeTable.get('io.k8s.api.core.v1.PodSpec')?.fields?.['containers']
 */
export const typeTable: TypeTable = createTypeTable();

function createTypeTable(): TypeTable {
  const packages = new Map<string, Package>();

  function typeOf(packageName: string, name: string): TypeInfo | undefined {
    let types = packages.get(packageName);
    if (types === undefined) {
      types = openPackage(packageName);
      packages.set(packageName, types);
    }
    const known = types.parsed.get(name);
    const text = types.texts.get(name);
    if (known !== undefined || text === undefined) return known;
    const type = parseType(text, packageName, types.groupVersion);
    types.parsed.set(name, type);
    return type;
  }

  return {
    get(typeName) {
      const dot = typeName.lastIndexOf('.');
      return dot < 0 ? undefined : typeOf(typeName.slice(0, dot), typeName.slice(dot + 1));
    },
    typeNameOf({ group, version, kind }) {
      const packageName = packageOfGroupVersion[`${group}/${version}`];
      if (packageName !== undefined && typeOf(packageName, kind)?.gvk !== undefined) return `${packageName}.${kind}`;
      return isMetaKind(kind, typeOf(metaPackage, kind)) ? `${metaPackage}.${kind}` : undefined;
    },
  };
}

interface Package {
  readonly groupVersion: string;
  /** Type → its lines. */
  readonly texts: ReadonlyMap<string, string>;
  readonly parsed: Map<string, TypeInfo>;
}

function openPackage(packageName: string): Package {
  const groupVersion = Object.entries(packageOfGroupVersion).find(([, name]) => name === packageName)?.[0] ?? '/v1';
  const texts = new Map<string, string>();
  const text = Object.hasOwn(typeTableText, packageName) ? (typeTableText[packageName] ?? '') : '';
  for (let start = 0; start < text.length; ) {
    const end = endOfType(text, start);
    const block = text.slice(start, end);
    texts.set(/^\S+/.exec(block)?.[0] ?? '', block);
    start = end + 1;
  }
  return { groupVersion, texts, parsed: new Map() };
}

/** A type goes on as long as its lines are indented. */
function endOfType(text: string, start: number): number {
  let end = text.indexOf('\n', start);
  while (end >= 0 && text[end + 1] === ' ') end = text.indexOf('\n', end + 1);
  return end < 0 ? text.length : end;
}

/** DeleteOptions, Status, WatchEvent and their like belong to every group and version. */
function isMetaKind(kind: string, type: TypeInfo | undefined): boolean {
  return kind === 'WatchEvent' || type?.fields?.['apiVersion'] !== undefined;
}

function parseType(text: string, packageName: string, groupVersion: string): TypeInfo {
  const [head = '', ...lines] = text.split('\n');
  const [kind = '', ...traits] = head.split(' ');
  if (traits.some((trait) => trait.startsWith('='))) return parseScalarType(traits);
  const fields: Record<string, FieldInfo> = {};
  const inlined: { n: number; type: string }[] = [];
  for (const line of lines) {
    const words = line.split(' ');
    if (words[1] === '+') inlined.push({ type: fullName(words[2] ?? '', packageName), n: Number(words[3]) });
    else fields[words[1] ?? ''] = parseField(words, packageName);
  }
  const type: Mutable<TypeInfo> = { fields };
  if (inlined.length > 0) type.inlined = inlined;
  if (traits.includes('kind')) {
    const slash = groupVersion.indexOf('/');
    type.gvk = [{ group: groupVersion.slice(0, slash), version: groupVersion.slice(slash + 1), kind }];
  }
  if (traits.includes('atomic')) type.mapType = 'atomic';
  if (traits.includes('granular')) type.mapType = 'granular';
  return type;
}

function parseScalarType(traits: readonly string[]): TypeInfo {
  const type: Mutable<TypeInfo> = {};
  const proto: Record<string, number> = {};
  for (const trait of traits) {
    if (trait.startsWith('=')) {
      const [name, format] = trait.slice(1).split('/');
      if (name !== undefined) type.type = name;
      if (format !== undefined) type.format = format;
    } else {
      const [member = '', n] = trait.split(':');
      proto[member] = Number(n);
    }
  }
  type.proto = proto;
  return type;
}

const scalars: Readonly<Record<string, Pick<FieldInfo, 'type' | 'format'>>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  byte: { type: 'string', format: 'byte' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
};

/** `['', 'ports', 'ContainerPort[]', '6', 'list=map,containerPort,protocol', 'patch=merge', 'key=containerPort']` */
function parseField([, , typeText = '', ...traits]: string[], packageName: string): FieldInfo {
  const name = typeText.replace(/[[\]{}]+$/, '');
  const field: Mutable<FieldInfo> = { ...(scalars[name] ?? { type: fullName(name, packageName) }) };
  if (typeText.endsWith('{}[]')) {
    field.map = true;
    field.mapOfArrays = true;
  } else if (typeText.endsWith('{}')) field.map = true;
  else if (typeText.endsWith('[]')) field.array = true;
  for (const trait of traits) applyFieldTrait(field, trait);
  return field;
}

function applyFieldTrait(field: Mutable<FieldInfo>, trait: string): void {
  const equals = trait.indexOf('=');
  const value = trait.slice(equals + 1);
  if (equals < 0) {
    if (trait === 'required') field.required = true;
    else field.n = Number(trait);
  } else if (trait.startsWith('list=')) {
    const [listType, ...keys] = value.split(',');
    if (listType === 'atomic' || listType === 'set' || listType === 'map') field.listType = listType;
    if (keys.length > 0) field.listMapKeys = keys;
  } else if (trait.startsWith('map=')) {
    field.mapType = value === 'atomic' ? 'atomic' : 'granular';
  } else if (trait.startsWith('patch=')) field.patchStrategy = value;
  else if (trait.startsWith('key=')) field.patchMergeKey = value;
}

function fullName(name: string, packageName: string): string {
  return name.startsWith('.') ? `io.k8s${name}` : `${packageName}.${name}`;
}
