/**
 * The type checker: gives every node of a tree a type, every name and call what it refers to, with cel-go's messages.
 */
import type { Overload } from '../functions/overload.ts';
import {
  type CallExpr,
  type ComprehensionExpr,
  type Expr,
  type ListExpr,
  type MapExpr,
  operators,
  qualifiedName,
  type SelectExpr,
} from '../syntax/ast.ts';
import type { SourceError } from '../syntax/source-error.ts';
import { equalTypes, formatType, isDynamic, optionalElement, substitute, type Type, types } from '../types/type.ts';
import { typeOfName } from '../types/type-names.ts';
import { moreGeneral, Substitutions } from './assignability.ts';
import { namespacedName, type Reference } from './reference.ts';

export interface CheckContext {
  /** The type of a variable by its full name. */
  variableType(name: string): Type | undefined;
  overloadsOf(name: string): readonly Overload[] | undefined;
  /** The type of an object's field; undefined when it has no such field. */
  fieldType(objectType: string, field: string): Type | undefined;
  /** The type that a name stands for, beyond those of the language. */
  typeNamed(name: string): Type | undefined;
  /** The namespace in which names are looked for first; '' for none. */
  readonly container: string;
  /** Elements of list and map literals must be of one type. */
  readonly homogeneousLiterals: boolean;
}

export interface Checked {
  readonly type: Type;
  readonly types: ReadonlyMap<number, Type>;
  readonly references: ReadonlyMap<number, Reference>;
  /** Empty when the expression is well typed. */
  readonly errors: readonly SourceError[];
}

export function check(expr: Expr, context: CheckContext): Checked {
  const checker = new Checker(context);
  checker.check(expr, outside);
  return checker.result(expr);
}

/** Variables of comprehensions that a node sees. */
type Locals = (name: string) => Type | undefined;

const outside: Locals = () => undefined;

function inside(locals: Locals, name: string, type: Type): Locals {
  return (other) => (other === name ? type : locals(other));
}

class Checker {
  readonly #context: CheckContext;
  readonly #known = new Substitutions();
  readonly #types = new Map<number, Type>();
  readonly #references = new Map<number, Reference>();
  readonly #errors: SourceError[] = [];
  #freeParams = 0;

  constructor(context: CheckContext) {
    this.#context = context;
  }

  result(expr: Expr): Checked {
    const options = { freeToDyn: true };
    const resolved = new Map<number, Type>();
    for (const [id, type] of this.#types) resolved.set(id, this.#known.resolve(type, options));
    return {
      type: resolved.get(expr.id) ?? types.error,
      types: resolved,
      references: this.#references,
      errors: this.#errors,
    };
  }

  /** Finds the type of a node, and of all below it. */
  check(expr: Expr, locals: Locals): Type {
    const type = this.#typeOf(expr, locals);
    this.#types.set(expr.id, type);
    return type;
  }

  #typeOf(expr: Expr, locals: Locals): Type {
    switch (expr.kind) {
      case 'constant':
        return typeOfConstant(expr.value);
      case 'ident':
        return this.#identType(expr.id, expr.name, locals) ?? this.#undeclared(expr.offset, expr.name);
      case 'select':
        return this.#selectType(expr, locals);
      case 'call':
        return this.#callType(expr, locals);
      case 'list':
        return this.#listType(expr, locals);
      case 'map':
        return this.#mapType(expr, locals);
      case 'struct':
        for (const entry of expr.entries) this.check(entry.value, locals);
        return this.#undeclared(expr.offset, expr.typeName);
      case 'comprehension':
        return this.#comprehensionType(expr, locals);
    }
  }

  #error(offset: number, message: string): Type {
    this.#errors.push({ offset, message });
    return types.error;
  }

  #undeclared(offset: number, name: string): Type {
    return this.#error(offset, `undeclared reference to '${name}' (in container '${this.#context.container}')`);
  }

  #resolved(type: Type): Type {
    return this.#known.resolve(type, { freeToDyn: false });
  }

  #freeParam(): Type {
    return { kind: 'param', name: `_var${this.#freeParams++}` };
  }

  /** The type that a name has here, noting what it refers to; undefined when nothing has that name. */
  #identType(id: number, name: string, locals: Locals): Type | undefined {
    const local = name.includes('.') ? undefined : locals(name);
    if (local !== undefined) {
      this.#references.set(id, { name, overloads: [] });
      return local;
    }
    for (const candidate of this.#candidates(name)) {
      const variable = this.#context.variableType(candidate);
      const named = this.#context.typeNamed(candidate) ?? typeOfName(candidate);
      const type = variable ?? (named === undefined ? undefined : types.type(named));
      if (type === undefined) continue;
      this.#references.set(id, { name: candidate, overloads: [] });
      return type;
    }
    return undefined;
  }

  /** Full names that a name may mean, those in inner namespaces first. */
  #candidates(name: string): string[] {
    if (name.startsWith('.')) return [name.slice(1)];
    const candidates: string[] = [];
    for (
      let prefix = this.#context.container;
      prefix !== '';
      prefix = prefix.slice(0, Math.max(prefix.lastIndexOf('.'), 0))
    ) {
      candidates.push(`${prefix}.${name}`);
    }
    return [...candidates, name];
  }

  #selectType(expr: SelectExpr, locals: Locals): Type {
    const name = expr.testOnly ? undefined : qualifiedName(expr);
    if (name !== undefined && locals(name.slice(0, name.indexOf('.'))) === undefined) {
      const type = this.#identType(expr.id, name, outside);
      if (type !== undefined) return type;
    }
    const operand = this.check(expr.operand, locals);
    const field = this.#fieldType(operand, expr.field, expr.offset);
    return expr.testOnly ? types.bool : field;
  }

  #fieldType(operand: Type, field: string, offset: number): Type {
    const target = this.#resolved(operand);
    const element = optionalElement(target);
    if (element !== undefined) {
      const type = this.#fieldType(element, field, offset);
      return optionalElement(type) === undefined ? types.optional(type) : type;
    }
    switch (target.kind) {
      case 'map':
        return target.value;
      case 'object':
        return this.#context.fieldType(target.name, field) ?? this.#error(offset, `undefined field '${field}'`);
      case 'param':
        this.#known.assign([types.dyn], [target]);
        return types.dyn;
      default:
        if (isDynamic(target)) return types.dyn;
        return this.#error(offset, `type '${formatType(target)}' does not support field selection`);
    }
  }

  #callType(expr: CallExpr, locals: Locals): Type {
    if (expr.name === operators.optionalSelect && expr.target === undefined) return this.#optionalSelect(expr, locals);
    const args = expr.args.map((arg) => this.check(arg, locals));
    if (expr.name === operators.and || expr.name === operators.or) return this.#junction(expr, args);
    if (expr.target === undefined) {
      const found = this.#functionNamed(expr.name);
      if (found === undefined) return this.#undeclared(expr.offset, expr.name);
      return this.#resolveOverload(expr, found, args, false);
    }
    const full = namespacedName(expr.target, expr.name, qualifiedName);
    const namespaced = full === undefined ? undefined : this.#functionNamed(full);
    if (namespaced !== undefined) return this.#resolveOverload(expr, namespaced, args, false);
    const target = this.check(expr.target, locals);
    const found = this.#functionNamed(expr.name);
    if (found === undefined) return this.#undeclared(expr.offset, expr.name);
    return this.#resolveOverload(expr, { ...found, name: '' }, [target, ...args], true);
  }

  /** Each side of `&&` and `||` is judged for itself. */
  #junction(expr: CallExpr, args: readonly Type[]): Type {
    expr.args.forEach((arg, index) => {
      this.#expect(arg, args[index] ?? types.error, types.bool);
    });
    this.#references.set(expr.id, {
      name: expr.name,
      overloads: [expr.name === operators.and ? 'logical_and' : 'logical_or'],
    });
    return types.bool;
  }

  #functionNamed(name: string): { name: string; overloads: readonly Overload[] } | undefined {
    for (const candidate of this.#candidates(name)) {
      const overloads = this.#context.overloadsOf(candidate);
      if (overloads !== undefined) return { name: candidate, overloads };
    }
    return undefined;
  }

  #optionalSelect(expr: CallExpr, locals: Locals): Type {
    const [operand, field] = expr.args;
    if (operand === undefined || field?.kind !== 'constant' || typeof field.value !== 'string') {
      return this.#error(expr.offset, 'unsupported optional field selection');
    }
    const type = this.#fieldType(this.check(operand, locals), field.value, expr.offset);
    this.#types.set(field.id, types.string);
    this.#references.set(expr.id, { name: '', overloads: ['select_optional_field'] });
    return optionalElement(type) === undefined ? types.optional(type) : type;
  }

  #resolveOverload(
    expr: CallExpr,
    { name, overloads }: { readonly name: string; readonly overloads: readonly Overload[] },
    args: readonly Type[],
    isMember: boolean,
  ): Type {
    const fitting: string[] = [];
    let result: Type | undefined;
    for (const overload of overloads) {
      if (overload.isMember !== isMember || overload.params.length !== args.length) continue;
      const { params, result: declared } = this.#instantiate(overload);
      if (!this.#known.assign(args, params)) continue;
      fitting.push(overload.id);
      const type = this.#resolved(declared);
      // Several overloads that differ in what they return: only the value will tell.
      if (result === undefined) result = type;
      else if (!equalTypes(result, type)) result = types.dyn;
    }
    if (result === undefined) return this.#noOverload(expr, args, isMember);
    const isNamespaced = expr.target !== undefined && !isMember;
    this.#references.set(expr.id, { name: isNamespaced || expr.target === undefined ? name : '', overloads: fitting });
    return result;
  }

  #noOverload(expr: CallExpr, args: readonly Type[], isMember: boolean): Type {
    const shown = args.map((arg) => formatType(this.#known.resolve(arg, { freeToDyn: true })));
    const applied = isMember ? `${shown[0]}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`;
    return this.#error(expr.offset, `found no matching overload for '${expr.name}' applied to '${applied}'`);
  }

  /** The overload's signature with type parameters of its own. */
  #instantiate({ params, result }: Overload): { params: readonly Type[]; result: Type } {
    if (isSimple(result) && params.every(isSimple)) return { params, result };
    const fresh = new Map<string, Type>();
    const lookup = (name: string): Type => {
      const known = fresh.get(name);
      if (known !== undefined) return known;
      const param = this.#freeParam();
      fresh.set(name, param);
      return param;
    };
    return { params: params.map((param) => substitute(param, lookup)), result: substitute(result, lookup) };
  }

  #listType(expr: ListExpr, locals: Locals): Type {
    let joined: Type | undefined;
    expr.elements.forEach((element, index) => {
      const type = this.check(element, locals);
      const own = expr.optionals.includes(index) ? this.#unwrapped(element, type) : type;
      joined = this.#join(element, joined, own);
    });
    return types.list(joined ?? this.#freeParam());
  }

  #mapType(expr: MapExpr, locals: Locals): Type {
    let keys: Type | undefined;
    let values: Type | undefined;
    for (const { key, value, optional } of expr.entries) {
      keys = this.#join(key, keys, this.check(key, locals));
      const type = this.check(value, locals);
      values = this.#join(value, values, optional ? this.#unwrapped(value, type) : type);
    }
    return types.map(keys ?? this.#freeParam(), values ?? this.#freeParam());
  }

  /** The type of what an optional entry adds. */
  #unwrapped(expr: Expr, type: Type): Type {
    const resolved = this.#resolved(type);
    const element = optionalElement(resolved);
    if (element !== undefined) return element;
    if (isDynamic(resolved)) return types.dyn;
    return this.#mismatch(expr, types.optional(resolved), resolved);
  }

  #join(expr: Expr, previous: Type | undefined, type: Type): Type {
    if (previous === undefined) return type;
    if (this.#known.assign([previous], [type])) return moreGeneral(previous, type);
    if (!this.#context.homogeneousLiterals) return types.dyn;
    this.#mismatch(expr, previous, type);
    return previous;
  }

  #mismatch(expr: Expr, expected: Type, actual: Type): Type {
    const show = (type: Type) => formatType(this.#known.resolve(type, { freeToDyn: true }));
    return this.#error(expr.offset, `expected type '${show(expected)}' but found '${show(actual)}'`);
  }

  #expect(expr: Expr, actual: Type, expected: Type): void {
    if (!this.#known.assign([expected], [actual])) this.#mismatch(expr, expected, actual);
  }

  #comprehensionType(expr: ComprehensionExpr, locals: Locals): Type {
    const range = this.#resolved(this.check(expr.iterRange, locals));
    const accumulator = this.check(expr.accuInit, locals);
    const [first, second] = this.#rangeTypes(expr, range);
    const outer = inside(locals, expr.accuVar, accumulator);
    let inner = inside(outer, expr.iterVar, expr.iterVar2 === undefined ? first : (second[0] ?? first));
    if (expr.iterVar2 !== undefined) inner = inside(inner, expr.iterVar2, second[1] ?? first);
    this.#expect(expr.loopCondition, this.check(expr.loopCondition, inner), types.bool);
    this.#expect(expr.loopStep, this.check(expr.loopStep, inner), accumulator);
    return this.#resolved(this.check(expr.result, outer));
  }

  /** The type of one variable over the range, and those of two. */
  #rangeTypes(expr: ComprehensionExpr, range: Type): readonly [Type, readonly [Type, Type]] {
    switch (range.kind) {
      case 'list':
        return [range.element, [types.int, range.element]];
      case 'map':
        return [range.key, [range.key, range.value]];
      case 'param':
        this.#known.assign([types.dyn], [range]);
        return [types.dyn, [types.dyn, types.dyn]];
      default: {
        if (isDynamic(range)) return [types.dyn, [types.dyn, types.dyn]];
        const shown = formatType(range);
        const message = `expression of type '${shown}' cannot be range of a comprehension (must be list, map, or dynamic)`;
        this.#error(expr.iterRange.offset, message);
        return [types.error, [types.error, types.error]];
      }
    }
  }
}

/** True for types that can't mention a parameter. */
function isSimple({ kind }: Type): boolean {
  return kind !== 'param' && kind !== 'list' && kind !== 'map' && kind !== 'opaque' && kind !== 'type';
}

function typeOfConstant(value: ConstantValue): Type {
  if (value === null) return types.null;
  if (typeof value === 'object') return value.kind === 'uint' ? types.uint : types.bytes;
  if (typeof value === 'boolean') return types.bool;
  if (typeof value === 'bigint') return types.int;
  return typeof value === 'number' ? types.double : types.string;
}

type ConstantValue = Extract<Expr, { kind: 'constant' }>['value'];
