/**
 * Makes nodes of the syntax tree with ids of their own. The parser has one, and macros make their nodes with it.
 */
import {
  type CallExpr,
  type ComprehensionExpr,
  type Constant,
  type ConstantExpr,
  type Expr,
  type IdentExpr,
  type ListExpr,
  type MapEntry,
  type MapExpr,
  type SelectExpr,
  type StructEntry,
  type StructExpr,
} from './ast.ts';

export class ExprFactory {
  #lastId = 0;

  /** An id for what isn't a node of its own: an entry. */
  nextId(): number {
    return ++this.#lastId;
  }

  constant(offset: number, value: Constant): ConstantExpr {
    return { kind: 'constant', id: this.nextId(), offset, value };
  }

  ident(offset: number, name: string): IdentExpr {
    return { kind: 'ident', id: this.nextId(), offset, name };
  }

  select(offset: number, operand: Expr, field: string): SelectExpr {
    return { kind: 'select', id: this.nextId(), offset, operand, field, testOnly: false };
  }

  presenceTest(offset: number, operand: Expr, field: string): SelectExpr {
    return { kind: 'select', id: this.nextId(), offset, operand, field, testOnly: true };
  }

  call(offset: number, name: string, args: readonly Expr[]): CallExpr {
    return { kind: 'call', id: this.nextId(), offset, name, target: undefined, args };
  }

  memberCall(offset: number, name: string, target: Expr, args: readonly Expr[]): CallExpr {
    return { kind: 'call', id: this.nextId(), offset, name, target, args };
  }

  list(offset: number, elements: readonly Expr[], optionals: readonly number[] = []): ListExpr {
    return { kind: 'list', id: this.nextId(), offset, elements, optionals };
  }

  map(offset: number, entries: readonly MapEntry[]): MapExpr {
    return { kind: 'map', id: this.nextId(), offset, entries };
  }

  struct(offset: number, typeName: string, entries: readonly StructEntry[]): StructExpr {
    return { kind: 'struct', id: this.nextId(), offset, typeName, entries };
  }

  comprehension(offset: number, parts: Omit<ComprehensionExpr, 'kind' | 'id' | 'offset'>): ComprehensionExpr {
    return { kind: 'comprehension', id: this.nextId(), offset, ...parts };
  }
}
