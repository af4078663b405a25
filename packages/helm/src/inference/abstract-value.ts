/** What is known of a value without running a template: which of the chart's values it is. */
import { elementUsage, memberUsage, type Usage, type Use } from './usage.ts';

export type AbstractValue =
  /** The dot of a file: `.Values` is below it. */
  | { readonly kind: 'context'; readonly values: Usage }
  | { readonly kind: 'value'; readonly usage: Usage }
  /** A text that is written in the template. */
  | { readonly kind: 'text'; readonly text: string }
  /** What `dict` makes. */
  | { readonly kind: 'dict'; readonly members: ReadonlyMap<string, AbstractValue> }
  | { readonly kind: 'list'; readonly items: readonly AbstractValue[] }
  /** One of these. */
  | { readonly kind: 'choice'; readonly options: readonly AbstractValue[] }
  | { readonly kind: 'unknown' };

export const UNKNOWN: AbstractValue = { kind: 'unknown' };

/** One of the values; those of which nothing is known are left out. */
export function choice(options: readonly AbstractValue[]): AbstractValue {
  const known = options
    .flatMap((each) => (each.kind === 'choice' ? each.options : [each]))
    .filter(({ kind }) => kind !== 'unknown' && kind !== 'text');
  if (known.length <= 1) return known[0] ?? options.find(({ kind }) => kind === 'text') ?? UNKNOWN;
  return { kind: 'choice', options: known.slice(0, MAX_OPTIONS) };
}

const MAX_OPTIONS = 8;

export function member(value: AbstractValue, name: string): AbstractValue {
  switch (value.kind) {
    case 'context':
      return name === 'Values' ? { kind: 'value', usage: value.values } : UNKNOWN;
    case 'value':
      return { kind: 'value', usage: memberUsage(value.usage, name) };
    case 'dict':
      return value.members.get(name) ?? UNKNOWN;
    case 'choice':
      return choice(value.options.map((each) => member(each, name)));
    default:
      return UNKNOWN;
  }
}

/** A member whose name isn't known: what a range goes through, what index finds. */
export function element(value: AbstractValue): AbstractValue {
  switch (value.kind) {
    case 'value':
      return { kind: 'value', usage: elementUsage(value.usage) };
    case 'dict':
      return choice([...value.members.values()]);
    case 'list':
      return choice(value.items);
    case 'choice':
      return choice(value.options.map(element));
    default:
      return UNKNOWN;
  }
}

export function markUse(value: AbstractValue, use: Use): void {
  if (value.kind === 'value') value.usage.uses.add(use);
  else if (value.kind === 'choice') for (const each of value.options) markUse(each, use);
}

/** Everything in it may be used in a way that can't be followed. */
export function markWhole(value: AbstractValue): void {
  switch (value.kind) {
    case 'dict':
      for (const each of value.members.values()) markWhole(each);
      return;
    case 'list':
      for (const each of value.items) markWhole(each);
      return;
    case 'choice':
      for (const each of value.options) markWhole(each);
      return;
    default:
      markUse(value, 'whole');
  }
}

/** True for what holds more than can be followed: tables made of tables, over and over. */
export function isLarge(value: AbstractValue): boolean {
  let count = 0;
  const visit = (each: AbstractValue): boolean => {
    if (++count > MAX_PARTS) return true;
    if (each.kind === 'dict') return [...each.members.values()].some(visit);
    if (each.kind === 'list') return each.items.some(visit);
    return each.kind === 'choice' && each.options.some(visit);
  };
  return visit(value);
}

const MAX_PARTS = 500;

/** Two values that are handled alike have the same key. */
export function abstractKey(value: AbstractValue, idOf: (usage: Usage) => number): string {
  switch (value.kind) {
    case 'value':
      return `v${idOf(value.usage)}`;
    case 'text':
      return `t${JSON.stringify(value.text)}`;
    case 'dict':
      return `{${[...value.members].map(([name, each]) => `${name}:${abstractKey(each, idOf)}`).join()}}`;
    case 'list':
      return `[${value.items.map((item) => abstractKey(item, idOf)).join()}]`;
    case 'choice':
      return `(${value.options.map((each) => abstractKey(each, idOf)).join('|')})`;
    default:
      return value.kind;
  }
}
