/**
 * The nodes of a schema that have rules, or have some below them, with everything compiled. A schema without rules has no
 * tree, so its objects pay nothing.
 */
import { childOf, type LazySchema, type StructuralSchema } from '../structural/structural-schema.ts';
import { hasValidationRules } from '../structural/validation-rules.ts';
import { type CompiledRule, compileRule, type RuleFault } from './compile-rule.ts';
import { type DeclaredTypes, declaredTypes } from './declared-type.ts';
import { type Convert, converterOf } from './schema-value.ts';

export interface RuleNode {
  readonly schema: StructuralSchema;
  readonly rules: readonly CompiledRule[];
  /** Rules that don't compile: definitions that were stored before rules were judged may have some. */
  readonly faults: readonly RuleFault[];
  readonly convert: Convert;
  readonly properties: ReadonlyMap<string, RuleNode>;
  readonly additional: RuleNode | undefined;
  readonly items: RuleNode | undefined;
}

/** The tree of a whole object's schema; undefined when it has no rules. */
export function ruleTree(schema: StructuralSchema): RuleNode | undefined {
  return nodeOf(schema, { path: 'object', isResource: true, declared: declaredTypes() });
}

interface Place {
  readonly path: string;
  readonly isResource: boolean;
  readonly declared: DeclaredTypes;
}

function nodeOf(schema: StructuralSchema, place: Place): RuleNode | undefined {
  if (!hasValidationRules(schema.source)) return undefined;
  const { path, isResource, declared } = place;
  const self = declared.typeOf(schema, path, isResource);
  const rules: CompiledRule[] = [];
  const faults: RuleFault[] = [];
  for (const rule of schema.source['x-kubernetes-validations'] ?? []) {
    const compiled =
      self === undefined
        ? { faults: [{ field: 'rule' as const, detail: 'rules are not supported for values without a type' }] }
        : compileRule(rule, self, declared);
    if ('faults' in compiled) faults.push(...compiled.faults);
    else rules.push(compiled);
  }
  const child = (lazy: LazySchema | undefined, name: string): RuleNode | undefined => {
    const inner = lazy === undefined ? undefined : childOf(lazy);
    if (inner === undefined) return undefined;
    return nodeOf(inner, { path: `${path}.${name}`, isResource: inner.embeddedResource, declared });
  };
  const properties = new Map<string, RuleNode>();
  for (const [name, lazy] of schema.properties) {
    const node = child(lazy, name);
    if (node !== undefined) properties.set(name, node);
  }
  return {
    schema,
    rules,
    faults,
    convert: converterOf(schema, isResource),
    properties,
    additional: child(schema.additional, 'additionalProperties'),
    items: child(schema.items, 'items'),
  };
}
