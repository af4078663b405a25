/** How the templates of a chart use its values: a tree with a node for each value that they name. */

/** What a template does with a value, as far as it tells its type. */
export type Use =
  /** Printed, or given to a function that takes a text or a number. */
  | 'scalar'
  | 'string'
  | 'integer'
  | 'number'
  /** Asked for by `if`, `and`, `not`. */
  | 'condition'
  | 'list'
  | 'table'
  /** `range`: a list or a table. */
  | 'iterated'
  /** `toYaml`, `merge` and whatever else takes all that is in it. */
  | 'whole'
  /** Its type is asked for (`kindIs`): several are possible. */
  | 'polymorphic'
  /** Given to `tpl`. */
  | 'template';

export interface Usage {
  readonly uses: Set<Use>;
  readonly members: Map<string, Usage>;
  /** What is done with the members that a `range` goes through. */
  element: Usage | undefined;
}

export function newUsage(): Usage {
  return { uses: new Set(), members: new Map(), element: undefined };
}

export function memberUsage(usage: Usage, name: string): Usage {
  const known = usage.members.get(name);
  if (known !== undefined) return known;
  const made = newUsage();
  usage.members.set(name, made);
  return made;
}

export function elementUsage(usage: Usage): Usage {
  usage.element ??= newUsage();
  return usage.element;
}

/** True when templates may look at members that they don't name. */
export function isOpen(usage: Usage): boolean {
  return ['iterated', 'whole', 'polymorphic', 'template', 'table', 'list'].some((use) => usage.uses.has(use as Use));
}
