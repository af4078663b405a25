/**
 * When a value of one type may stand where another is wanted, with type parameters being found on the way
 * (cel-spec, "Gradual Type Checking"; the rules of cel-go's checker).
 */
import { equalTypes, isDynamic, substitute, type Type, types } from '../types/type.ts';

/** What is known of type parameters. Attempts that fail leave no trace. */
export class Substitutions {
  readonly #known = new Map<string, Type>();
  /** What the attempt that is under way has bound, and what was known before. */
  readonly #bound: { readonly name: string; readonly before: Type | undefined }[] = [];

  get(name: string): Type | undefined {
    return this.#known.get(name);
  }

  /** True, and parameters are bound, when each type can stand for the one at its place. */
  assign(from: readonly Type[], to: readonly Type[]): boolean {
    this.#bound.length = 0;
    if (this.#assignAll(from, to)) return true;
    // Undone in reverse: a parameter may have been bound more than once.
    for (let undo = this.#bound.pop(); undo !== undefined; undo = this.#bound.pop()) {
      if (undo.before === undefined) this.#known.delete(undo.name);
      else this.#known.set(undo.name, undo.before);
    }
    return false;
  }

  #set(name: string, type: Type): void {
    this.#bound.push({ name, before: this.#known.get(name) });
    this.#known.set(name, type);
  }

  /** The type with everything known put in; with `freeToDyn` the unknown parameters are dyn. */
  resolve(type: Type, options: { readonly freeToDyn: boolean }): Type {
    return substitute(type, (name) => {
      const known = this.#known.get(name);
      if (known !== undefined) return this.resolve(known, options);
      return options.freeToDyn ? types.dyn : undefined;
    });
  }

  #assignAll(from: readonly Type[], to: readonly Type[]): boolean {
    return from.length === to.length && from.every((type, index) => this.#assignable(type, to[index] ?? types.error));
  }

  #assignable(a: Type, b: Type): boolean {
    if (b.kind === 'param') {
      const { valid, known } = this.#bind(a, b.name, b);
      if (valid) return true;
      if (known) return false;
    }
    if (a.kind === 'param') return this.#bind(b, a.name, a).valid;
    if (isDynamic(a) || isDynamic(b)) return true;
    if (a.kind === 'null') return isNullable(b);
    if (b.kind === 'null') return isNullable(a);
    return this.#structurallyAssignable(a, b);
  }

  #structurallyAssignable(a: Type, b: Type): boolean {
    switch (a.kind) {
      case 'list':
        return b.kind === 'list' && this.#assignable(a.element, b.element);
      case 'map':
        return b.kind === 'map' && this.#assignable(a.key, b.key) && this.#assignable(a.value, b.value);
      case 'type':
        return b.kind === 'type';
      case 'opaque':
        return b.kind === 'opaque' && a.name === b.name && this.#assignAll(a.params, b.params);
      case 'wrapper':
        return equalTypes(a.of, b.kind === 'wrapper' ? b.of : b);
      default:
        return b.kind === 'wrapper' ? equalTypes(a, b.of) : equalTypes(a, b);
    }
  }

  /** Whether the type may be what a parameter stands for; binds it when nothing was known. */
  #bind(type: Type, name: string, param: Type): { valid: boolean; known: boolean } {
    if (equalTypes(type, param)) return { valid: true, known: true };
    const known = this.#known.get(name);
    if (known !== undefined) {
      if (equalTypes(type, known)) return { valid: true, known: true };
      if (!this.#assignable(type, known)) return { valid: false, known: true };
      const general = moreGeneral(type, known);
      if (!this.#mentions(general, name)) this.#set(name, general);
      return { valid: true, known: true };
    }
    if (this.#mentions(type, name)) return { valid: false, known: false };
    this.#set(name, type);
    return { valid: true, known: false };
  }

  /** True when the parameter occurs in the type: binding it would make the type contain itself. */
  #mentions(type: Type, name: string): boolean {
    switch (type.kind) {
      case 'param': {
        if (type.name === name) return true;
        const known = this.#known.get(type.name);
        return known !== undefined && this.#mentions(known, name);
      }
      case 'list':
        return this.#mentions(type.element, name);
      case 'map':
        return this.#mentions(type.key, name) || this.#mentions(type.value, name);
      case 'opaque':
        return type.params.some((param) => this.#mentions(param, name));
      case 'type':
        return type.of !== undefined && this.#mentions(type.of, name);
      default:
        return false;
    }
  }
}

function isNullable(type: Type): boolean {
  return ['null', 'duration', 'timestamp', 'object', 'opaque', 'wrapper', 'any', 'dyn'].includes(type.kind);
}

/** The less specific of two types that agree. */
export function moreGeneral(a: Type, b: Type): Type {
  if (b.kind === 'null') return a;
  return isEqualOrLessSpecific(a, b) ? a : b;
}

function isEqualOrLessSpecific(a: Type, b: Type): boolean {
  if (a.kind === 'dyn' || a.kind === 'param') return true;
  if (b.kind === 'dyn' || b.kind === 'param') return false;
  switch (a.kind) {
    case 'list':
      return b.kind === 'list' && isEqualOrLessSpecific(a.element, b.element);
    case 'map':
      return b.kind === 'map' && isEqualOrLessSpecific(a.key, b.key) && isEqualOrLessSpecific(a.value, b.value);
    case 'type':
      return b.kind === 'type';
    case 'opaque':
      return (
        b.kind === 'opaque' &&
        a.name === b.name &&
        a.params.every((param, index) => isEqualOrLessSpecific(param, b.params[index] ?? types.dyn))
      );
    default:
      return equalTypes(a, b);
  }
}
