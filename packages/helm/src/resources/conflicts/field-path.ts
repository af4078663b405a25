/**
 * Paths of fields as conflict messages write them: `.spec.template.spec.containers[name="web"].image`, `.data.a.b`,
 * `.metadata.finalizers[="x"]`. Names may hold dots, so a path is only read beside the object that it is about.
 */
import { deepEqual, isJsonObject, type JsonObject, type JsonValue } from '@kindred/machinery';

/** The object without the field; undefined when the path leads to nothing in it. The object itself isn't changed. */
export function withoutField(object: JsonObject, path: string): JsonObject | undefined {
  const result = removed(object, path);
  return isJsonObject(result) ? result : undefined;
}

/** The value of a field; undefined when there is none. */
export function fieldValue(value: JsonValue, path: string): JsonValue | undefined {
  if (path === '') return value;
  for (const { child, rest } of steps(value, path)) {
    const found = fieldValue(child, rest);
    if (found !== undefined) return found;
  }
  return undefined;
}

function removed(value: JsonValue, path: string): JsonValue | undefined {
  for (const step of steps(value, path)) {
    if (step.rest === '') return step.without();
    const child = removed(step.child, step.rest);
    if (child !== undefined) return step.replaced(child);
  }
  return undefined;
}

interface Step {
  readonly child: JsonValue;
  /** What is left of the path. */
  readonly rest: string;
  without(): JsonValue;
  replaced(child: JsonValue): JsonValue;
}

/** The ways in which a path may begin in a value; longer names first. */
function steps(value: JsonValue, path: string): Step[] {
  if (isJsonObject(value)) return path.startsWith('.') ? memberSteps(value, path.slice(1)) : [];
  return Array.isArray(value) ? itemSteps(value, path) : [];
}

function memberSteps(value: JsonObject, path: string): Step[] {
  return Object.keys(value)
    .filter((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`))
    .toSorted((a, b) => b.length - a.length)
    .map((name) => ({
      child: value[name] ?? null,
      rest: path.slice(name.length),
      without: () => Object.fromEntries(Object.entries(value).filter(([other]) => other !== name)),
      replaced: (child) => ({ ...value, [name]: child }),
    }));
}

function itemSteps(value: readonly JsonValue[], path: string): Step[] {
  const selector = readSelector(path);
  if (selector === undefined) return [];
  const index = value.findIndex((item, at) => selector.matches(item, at));
  const child = value[index];
  if (child === undefined) return [];
  return [
    {
      child,
      rest: path.slice(selector.length),
      without: () => value.filter((_, at) => at !== index),
      replaced: (next) => value.map((item, at) => (at === index ? next : item)),
    },
  ];
}

interface Selector {
  readonly length: number;
  matches(item: JsonValue, index: number): boolean;
}

/** `[name="web"]`, `[containerPort=80,protocol="TCP"]`, `[="x"]`, `[3]` */
function readSelector(path: string): Selector | undefined {
  const index = /^\[(\d+)\]/.exec(path);
  if (index !== null) return { length: index[0].length, matches: (_, at) => at === Number(index[1]) };
  const whole = /^\[(?:[^"\]]|"(?:[^"\\]|\\.)*")*\]/.exec(path)?.[0];
  if (whole === undefined) return undefined;
  const wanted = [...whole.matchAll(/([^,="[]*)=("(?:[^"\\]|\\.)*"|[^,\]]+)/g)].map(
    ([, name = '', text = '']) => [name, parsed(text)] as const,
  );
  return {
    length: whole.length,
    matches: (item) =>
      wanted.every(([name, value]) =>
        deepEqual(name === '' ? item : isJsonObject(item) ? item[name] : undefined, value),
      ),
  };
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue; // What JSON holds is JSON.
  } catch {
    return undefined; // Matches nothing: the path stays unknown.
  }
}
