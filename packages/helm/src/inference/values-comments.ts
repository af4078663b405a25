/**
 * What the comments of a values.yaml say about its values, in the forms that charts use: blocks and lines with `@schema`,
 * the `# --` of helm-docs, the `## @param` of readme-generator, and plain comments above a key.
 */
import { encodeGoJson } from '../go/json.ts';
import { type GoValue, isMap } from '../go/value.ts';
import { parseValuePath, type ValuePath, valuePathText } from '../values/value-path.ts';
import { type PlaceTable, placeFinder } from '../yaml/places.ts';
import { readYaml, readYamlDocuments, YamlError } from '../yaml/read.ts';
import { isSchema, type JsonSchema } from './json-schema.ts';

/** What comments say of one value. */
export interface ValueComment {
  readonly description?: string;
  /** In the words of JSON schemas. */
  readonly types?: readonly string[];
  /** Keywords that the author wrote for the schema. */
  readonly schema?: JsonSchema;
}

export interface ValuesComments {
  /** By the text of the path. */
  readonly comments: ReadonlyMap<string, ValueComment>;
  /** The line of each key, from 1, by the text of the path. */
  readonly lines: ReadonlyMap<string, number>;
}

/** Throws YamlError. */
export function readComments(text: string): ValuesComments {
  const lines = text.split('\n');
  const comments = new Map<string, ValueComment>();
  const keyLines = linesOfKeys(text);
  for (const [path, line] of keyLines) {
    const found = commentOf(blockAbove(lines, line), lines[line - 1] ?? '');
    if (found !== undefined) comments.set(path, found);
  }
  for (const [path, comment] of parameters(lines))
    comments.set(path, { ...comment, ...withoutText(comments.get(path)) });
  return { comments, lines: keyLines };
}

function withoutText(comment: ValueComment | undefined): ValueComment {
  return comment?.schema === undefined ? {} : { schema: comment.schema };
}

function linesOfKeys(text: string): Map<string, number> {
  const places: PlaceTable = new WeakMap();
  const find = placeFinder(text.replace(/^\ufeff/, ''));
  const found = new Map<string, number>();
  const visit = (value: GoValue, path: ValuePath): void => {
    if (!isMap(value)) return;
    for (const [key, member] of value) {
      const offsets = places.get(value)?.get(key);
      if (offsets !== undefined) found.set(valuePathText([...path, key]), find(offsets.key).line);
      visit(member, [...path, key]);
    }
  };
  for (const document of readYamlDocuments(text, { places })) visit(document, []);
  return found;
}

/** The comment lines directly above, without what makes them comments. */
function blockAbove(lines: readonly string[], line: number): string[] {
  const block: string[] = [];
  for (let at = line - 2; at >= 0; at--) {
    const content = /^\s*#+ ?(.*)$/.exec(lines[at] ?? '')?.[1];
    if (content === undefined) break;
    block.unshift(content);
  }
  return block;
}

function commentOf(block: readonly string[], keyLine: string): ValueComment | undefined {
  const { schema: above, rest } = takeSchema(block);
  const trailing = / #+ *@schema +(.*)$/.exec(keyLine)?.[1];
  const beside = trailing === undefined ? undefined : schemaOfLine(trailing);
  const schema = above === undefined && beside === undefined ? undefined : { ...above, ...beside };
  const { description, types } = describe(rest);
  if (schema === undefined && description === undefined) return undefined;
  return {
    ...(description === undefined ? {} : { description }),
    ...(types === undefined ? {} : { types }),
    ...(schema === undefined ? {} : { schema }),
  };
}

/** The parts between `@schema` marks as YAML, and lines of the form `@schema type:string;minLength:1`. */
function takeSchema(block: readonly string[]): { schema: JsonSchema | undefined; rest: string[] } {
  let schema: JsonSchema | undefined;
  let open: string[] | undefined;
  const rest: string[] = [];
  for (const line of block) {
    const mark = /^\s*@schema\b\s*(.*)$/.exec(line)?.[1];
    if (mark !== undefined && mark !== '') schema = { ...schema, ...schemaOfLine(mark) };
    else if (mark !== undefined && open === undefined) open = [];
    else if (mark !== undefined) {
      schema = { ...schema, ...schemaOfYaml((open ?? []).join('\n')) };
      open = undefined;
    } else (open ?? rest).push(line);
  }
  return { schema, rest };
}

function schemaOfLine(text: string): JsonSchema {
  let schema: JsonSchema = {};
  for (const part of text.split(';')) {
    const [, name = '', value = ''] = /^\s*([\w$]+)\s*(?::\s*(.*))?$/.exec(part) ?? [];
    if (name === '') continue;
    const read = plainYaml(value === '' ? 'true' : value);
    if (name === 'item') schema = { ...schema, items: { type: String(read) } };
    else schema = { ...schema, [name]: read };
  }
  return schema;
}

function schemaOfYaml(text: string): JsonSchema {
  const read = plainYaml(text);
  return isSchema(read) ? read : {};
}

/** Comments are written by people: what can't be read says nothing. */
function plainYaml(text: string): unknown {
  try {
    return JSON.parse(encodeGoJson(readYaml(text)));
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

/** `-- (type) text` of helm-docs with what follows it, else the comment as it is. */
function describe(block: readonly string[]): { description?: string; types?: readonly string[] } {
  const start = block.findIndex((line) => /^(?:[\w.-]+ )?-- /.test(line));
  const own = block.filter((line) => !/^\s*@/.test(line));
  if (start < 0) {
    const text = own.join('\n').trim();
    return text === '' || looksLikeCode(text) ? {} : { description: text };
  }
  const [, type, first = ''] = /^(?:[\w.-]+ )?-- (?:\(([^)]+)\) ?)?(.*)$/.exec(block[start] ?? '') ?? [];
  const more = block.slice(start + 1).filter((line) => !/^\s*@/.test(line) && !line.startsWith('-- '));
  const types = type === undefined ? undefined : jsonTypes(type);
  const description = [first, ...more].join('\n').trim();
  return { ...(description === '' ? {} : { description }), ...(types === undefined ? {} : { types }) };
}

/** Values that somebody has commented out. */
function looksLikeCode(text: string): boolean {
  return text.split('\n').some((line) => /^\s*(?:- )?[\w.-]+:(?:\s|$)/.test(line));
}

/** `## @param path [string, nullable] text` */
function parameters(lines: readonly string[]): Map<string, ValueComment> {
  const found = new Map<string, ValueComment>();
  for (const line of lines) {
    const [, path, modifiers, text] = /^\s*#+ *@param +(\S+)(?: +\[([^\]]*)\])?(?: +(.*))?$/.exec(line) ?? [];
    if (path === undefined) continue;
    const types = modifiers === undefined ? undefined : jsonTypes(modifiers);
    found.set(valuePathText(parseValuePath(path)), {
      ...(text === undefined ? {} : { description: text.trim() }),
      ...(types === undefined ? {} : { types }),
    });
  }
  return found;
}

const TYPE_NAMES = new Map([
  ['string', 'string'],
  ['tpl/string', 'string'],
  ['int', 'integer'],
  ['integer', 'integer'],
  ['float', 'number'],
  ['number', 'number'],
  ['bool', 'boolean'],
  ['boolean', 'boolean'],
  ['object', 'object'],
  ['dict', 'object'],
  ['map', 'object'],
  ['tpl/object', 'object'],
  ['list', 'array'],
  ['array', 'array'],
  ['tpl/array', 'array'],
  ['nullable', 'null'],
]);

function jsonTypes(text: string): string[] | undefined {
  const types = text
    .split(/[,|]/)
    .map((each) => TYPE_NAMES.get(each.trim().toLowerCase()))
    .filter((each) => each !== undefined);
  const isNullOnly = types.every((each) => each === 'null');
  return types.length === 0 || isNullOnly ? undefined : types;
}
