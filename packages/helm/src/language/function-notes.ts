/** Functions of templates for people: what they take, and in a line what the common ones do. */
import { templateFunctions } from './chart-project.ts';

const NOTES: Readonly<Record<string, string>> = {
  and: 'the first argument that is empty, or the last one',
  append: 'the list with one item more',
  b64dec: 'the text that base64 stands for',
  b64enc: 'the text as base64',
  coalesce: 'the first argument that is not empty',
  concat: 'one list of several',
  contains: 'contains "part" TEXT: whether the text has the part',
  cat: 'the arguments with spaces between them',
  default: 'default FALLBACK VALUE: the value, or the fallback when it is empty; false and 0 are empty too',
  dict: 'dict "key" VALUE …: a table',
  dig: 'dig "a" "b" FALLBACK TABLE: what stands at a.b, or the fallback',
  empty: 'whether the value is empty: false, 0, "", nothing, no members',
  eq: 'whether the first argument equals one of the others; a number of values.yaml is a float',
  fail: 'ends the render with this message',
  first: 'the first item',
  float64: 'the value as a float',
  fromJson: 'the table that a JSON text holds',
  fromYaml: 'the table that a YAML text holds',
  get: 'get TABLE "key": the member, or an empty text',
  has: 'has ITEM LIST: whether the list has the item',
  hasKey: 'hasKey TABLE "key": whether the table has the key, be it false or empty',
  hasPrefix: 'hasPrefix "start" TEXT',
  hasSuffix: 'hasSuffix "end" TEXT',
  include: 'include "name" DOT: what a definition renders with this dot, as a text',
  indent: 'indent COLUMNS TEXT: every line moved to the right',
  index: 'index VALUE KEY …: the member or item',
  int: 'the value as an integer',
  int64: 'the value as an integer',
  join: 'join ", " LIST: one text',
  keys: 'the keys of tables, in no order; pipe them to sortAlpha',
  kindIs: 'kindIs "map" VALUE: whether the value is of that kind',
  len: 'how many members, items or bytes there are',
  list: 'a list of the arguments',
  lookup:
    'lookup "apiVersion" "kind" "namespace" "name": the object of the cluster, or an empty table; empty without a cluster',
  lower: 'the text in lower case',
  merge: 'merge TARGET TABLE …: members that the target lacks are added to it',
  mergeOverwrite: 'mergeOverwrite TARGET TABLE …: later tables win',
  ne: 'whether the arguments differ',
  nindent: 'nindent COLUMNS TEXT: a line break, then every line moved to the right',
  not: 'whether the value is empty',
  now: 'the time; every render gives another one',
  omit: 'omit TABLE "key" …: the table without these keys',
  or: 'the first argument that is not empty, or the last one',
  pick: 'pick TABLE "key" …: the table with these keys only',
  print: 'the arguments as one text',
  printf: 'printf "%s-%d" VALUE …: Go\'s formats',
  quote: 'the value in double quotes',
  randAlphaNum: 'random characters; every render gives others',
  regexMatch: 'regexMatch "pattern" TEXT: whether the pattern (RE2) is found',
  regexReplaceAll: 'regexReplaceAll "pattern" TEXT "replacement"',
  replace: 'replace "old" "new" TEXT',
  required: 'required "message" VALUE: the value, or an error when there is none',
  semverCompare: 'semverCompare ">=1.21-0" VERSION: whether the version is in the range',
  set: 'set TABLE "key" VALUE: changes the table and gives it',
  sha256sum: 'the hash, in hexadecimal',
  sortAlpha: 'the list sorted as texts',
  split: 'split "," TEXT: a table with _0, _1, …',
  splitList: 'splitList "," TEXT: a list',
  squote: 'the value in single quotes',
  ternary: 'ternary YES NO CONDITION',
  toJson: 'the value as JSON',
  toString: 'the value as a text',
  toToml: 'the value as TOML',
  toYaml: 'the value as YAML; indent it with nindent',
  tpl: 'tpl TEXT DOT: renders a text as a template',
  trim: 'the text without the space around it',
  trimPrefix: 'trimPrefix "start" TEXT',
  trimSuffix: 'trimSuffix "end" TEXT',
  trunc: 'trunc LENGTH TEXT: its beginning',
  tuple: 'a list of the arguments',
  typeOf: 'the Go type of the value',
  until: 'the numbers from 0 up to this one',
  upper: 'the text in upper case',
  uuidv4: 'a random UUID; every render gives another one',
  without: 'without LIST ITEM …: the list without these items',
};

const TYPES: Readonly<Record<string, string>> = {
  any: 'VALUE',
  value: 'VALUE',
  string: 'TEXT',
  map: 'TABLE',
  list: 'LIST',
  bool: 'BOOL',
};

/** `nindent INT TEXT`; what the function does, when that is known. */
export function signature(name: string): string {
  if (name === 'include') return 'include TEXT VALUE';
  if (name === 'tpl') return 'tpl TEXT VALUE';
  if (name === 'lookup') return 'lookup TEXT TEXT TEXT TEXT';
  const called = templateFunctions.get(name);
  if (called === undefined) return name;
  const type = (each: string): string => TYPES[each] ?? each.toUpperCase();
  return [name, ...called.parameters.map(type), ...(called.rest === undefined ? [] : [`${type(called.rest)} …`])].join(
    ' ',
  );
}

export function functionNote(name: string): string | undefined {
  return Object.hasOwn(NOTES, name) ? NOTES[name] : undefined;
}
