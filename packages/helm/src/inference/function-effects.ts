/** What the functions of templates tell about their arguments, and which value they give. */
import { functionTable } from '../functions/function-table.ts';
import type { ParameterType } from '../go/value.ts';
import { type AbstractValue, choice, element, isLarge, markUse, markWhole, member, UNKNOWN } from './abstract-value.ts';
import type { Use } from './usage.ts';

type Effect = (args: readonly AbstractValue[]) => AbstractValue;

/** Marks the arguments and gives the result. */
export function functionEffect(name: string, args: readonly AbstractValue[]): AbstractValue {
  const effect = EFFECTS.get(name);
  const result = effect === undefined ? byParameters(name, args) : effect(args);
  if (!isLarge(result)) return result;
  markWhole(result);
  return UNKNOWN;
}

const at = (args: readonly AbstractValue[], index: number): AbstractValue => args[index] ?? UNKNOWN;
const last = (args: readonly AbstractValue[]): AbstractValue => args.at(-1) ?? UNKNOWN;
const textOf = (value: AbstractValue): string | undefined => (value.kind === 'text' ? value.text : undefined);

/** All arguments are used in this way; the result is something new. */
function uses(use: Use): Effect {
  return (args) => {
    for (const each of args) markUse(each, use);
    return UNKNOWN;
  };
}

/** What stands behind a member's name, or behind any name when it isn't written there. */
function step(value: AbstractValue, key: AbstractValue): AbstractValue {
  const name = textOf(key);
  if (name !== undefined) return member(value, name);
  markUse(value, 'iterated');
  return element(value);
}

const dict: Effect = (args) => {
  const members = new Map<string, AbstractValue>();
  for (let index = 0; index < args.length; index += 2) {
    const name = textOf(at(args, index));
    if (name === undefined) markWhole(at(args, index + 1));
    else members.set(name, at(args, index + 1));
  }
  return { kind: 'dict', members };
};

const compare: Effect = (args) => {
  const use: Use = args.some(({ kind }) => kind === 'text') ? 'string' : 'scalar';
  for (const each of args) markUse(each, use);
  return UNKNOWN;
};

const pass =
  (index: number, use?: Use): Effect =>
  (args) => {
    const value = index < 0 ? last(args) : at(args, index);
    if (use !== undefined) markUse(value, use);
    return value;
  };

const hasKey: Effect = ([table = UNKNOWN, key = UNKNOWN]) => {
  markUse(step(table, key), 'condition');
  return UNKNOWN;
};

const dig: Effect = (args) => args.slice(0, -2).reduce((value, key) => step(value, key), last(args));

const set: Effect = ([table = UNKNOWN, key = UNKNOWN, value = UNKNOWN]) => {
  const name = textOf(key);
  if (table.kind !== 'dict' || name === undefined) {
    markWhole(value);
    return table;
  }
  return { kind: 'dict', members: new Map([...table.members, [name, value]]) };
};

const anyOf: Effect = (args) => {
  for (const each of args) markUse(each, 'condition');
  return choice(args);
};

const EFFECTS = new Map<string, Effect>([
  ['dict', dict],
  ['list', (items) => ({ kind: 'list', items })],
  ['tuple', (items) => ({ kind: 'list', items })],
  ['index', ([value = UNKNOWN, ...keys]) => keys.reduce((found, key) => step(found, key), value)],
  ['get', ([value = UNKNOWN, key = UNKNOWN]) => step(value, key)],
  ['dig', dig],
  ['set', set],
  ['hasKey', hasKey],
  ['default', (args) => choice([last(args), at(args, 0)])],
  ['required', pass(-1)],
  ['coalesce', choice],
  ['and', anyOf],
  ['or', anyOf],
  [
    'ternary',
    (args) => {
      markUse(last(args), 'condition');
      return choice(args.slice(0, 2));
    },
  ],
  ['first', (args) => element(pass(0, 'list')(args))],
  ['last', (args) => element(pass(0, 'list')(args))],
  ['join', (args) => (markUse(last(args), 'iterated'), UNKNOWN)],
  ['has', (args) => (markUse(last(args), 'list'), UNKNOWN)],
  ['len', uses('condition')],
  ['range', uses('iterated')],
]);

for (const name of ['eq', 'ne', 'lt', 'le', 'gt', 'ge']) EFFECTS.set(name, compare);
for (const name of ['not', 'empty', 'all', 'any', 'fail']) EFFECTS.set(name, uses('condition'));
for (const name of ['quote', 'squote', 'print', 'println', 'printf', 'toString', 'cat', 'html', 'js', 'urlquery'])
  EFFECTS.set(name, uses('scalar'));
for (const name of ['int', 'int64', 'toDecimal', 'add', 'add1', 'sub', 'div', 'mod', 'mul', 'until'])
  EFFECTS.set(name, uses('integer'));
for (const name of ['float64', 'addf', 'subf', 'divf', 'mulf', 'ceil', 'floor', 'round', 'max', 'min'])
  EFFECTS.set(name, uses('number'));
for (const name of ['kindIs', 'kindOf', 'typeIs', 'typeOf', 'typeIsLike']) EFFECTS.set(name, uses('polymorphic'));
for (const name of ['rest', 'initial', 'reverse', 'uniq', 'compact', 'without', 'slice', 'sortAlpha'])
  for (const each of [name, `must${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`]) EFFECTS.set(each, pass(0, 'list'));
for (const name of ['deepCopy', 'mustDeepCopy', 'unset']) EFFECTS.set(name, pass(0));
for (const name of ['merge', 'mustMerge', 'mergeOverwrite', 'mustMergeOverwrite']) EFFECTS.set(name, choice);
for (const name of ['concat', 'append', 'prepend', 'mustAppend', 'mustPrepend']) EFFECTS.set(name, choice);
// What is left out or picked by name doesn't tell what else may be there.
for (const name of ['omit', 'pick']) EFFECTS.set(name, pass(0, 'table'));

let parameters: ReadonlyMap<string, { readonly parameters: readonly ParameterType[]; readonly rest?: ParameterType }>;

const TYPES: Readonly<Partial<Record<ParameterType, Use>>> = {
  string: 'string',
  int: 'integer',
  int64: 'integer',
  float64: 'number',
  bool: 'condition',
  map: 'table',
  list: 'list',
};

/** A function of which only the types of its parameters are known. */
function byParameters(name: string, args: readonly AbstractValue[]): AbstractValue {
  parameters ??= functionTable({ time: { now: () => 0n, timeZone: 'UTC' } });
  const called = parameters.get(name);
  args.forEach((value, index) => {
    const type = called?.parameters[index] ?? called?.rest;
    const use = type === undefined ? undefined : TYPES[type];
    if (use === undefined) markWhole(value);
    else markUse(value, use);
    // All members of a table or a list that is handed over may be looked at.
    if (use === 'table' || use === 'list') markWhole(value);
  });
  return UNKNOWN;
}
