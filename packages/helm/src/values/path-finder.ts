/**
 * Which path of the values a map or a list in a running template is: templates hand the same objects around that the
 * merged values consist of, so their identity tells.
 */
import { GoMap, type GoValue, isMap } from '../go/value.ts';
import type { ValuePath } from './value-path.ts';

/** The path of `receiver.name.name`; undefined when it is no part of the values. */
export type PathFinder = (receiver: GoValue, names: readonly string[]) => ValuePath | undefined;

/** `contexts` are the dots of the charts with the path of each chart's values. */
export function pathFinder(values: GoMap, contexts: Iterable<readonly [GoMap, ValuePath]>): PathFinder {
  const known = new WeakMap<object, ValuePath>();
  const visit = (value: GoValue, path: ValuePath): void => {
    if (isMap(value)) {
      known.set(value, path);
      for (const [key, member] of value) visit(member, [...path, key]);
    } else if (Array.isArray(value)) {
      known.set(value, path);
      value.forEach((item, at) => visit(item, [...path, at]));
    }
  };
  visit(values, []);
  for (const [context, prefix] of contexts) {
    const own = context.get('Values');
    if (isMap(own)) known.set(own, prefix);
  }
  const pathOf = (value: GoValue): ValuePath | undefined =>
    value instanceof GoMap || Array.isArray(value) ? known.get(value) : undefined;
  return (receiver, names) => {
    let value = receiver;
    let path = pathOf(value);
    for (const name of names) {
      value = isMap(value) ? value.get(name) : undefined;
      path = pathOf(value) ?? (path === undefined ? undefined : [...path, name]);
    }
    return path;
  };
}
