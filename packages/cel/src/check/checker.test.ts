import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEnvironment } from '../environment.ts';
import { encodersLibrary } from '../libraries/encoders.ts';
import { mathLibrary } from '../libraries/math.ts';
import { stringsLibrary } from '../libraries/strings.ts';
import { functionsFromSpec, typesFromSpec } from '../spec-value.test.fixture.ts';
import { type Expr, qualifiedName } from '../syntax/ast.ts';
import { debugText } from '../syntax/debug-text.test.fixture.ts';
import { containerOf, specSuites } from '../testing.test.fixture.ts';
import { formatType, type Type } from '../types/type.ts';
import { namespacedName, type References } from './reference.ts';

test('types, references and messages are those of cel-go', () => {
  const wrong: string[] = [];
  let same = 0;
  for (const each of specSuites.conformance) {
    const { name, original, checkedAst, error } = each;
    const declarations = Array.isArray(original['typeEnv']) ? original['typeEnv'] : [];
    const environment = createEnvironment({
      variables: typesFromSpec(declarations),
      libraries: [
        stringsLibrary,
        mathLibrary,
        encodersLibrary,
        { name: 'declared', functions: declarations.flatMap(functionsFromSpec) },
      ],
      container: containerOf(each),
    });
    const compiled = environment.compile(original.expr);
    const wanted = checkedAst ?? error ?? '';
    const got = 'errors' in compiled ? compiled.errors : checkedText(compiled.expression);
    if (got === wanted) same++;
    else wrong.push(`${name}: ${original.expr}\n  ${got}\n  ${wanted}`);
  }
  // The others need protobuf messages, or were made without extensions and without comparisons of unlike numbers.
  assert.deepEqual({ same, different: wrong.length }, { same: 1427, different: 917 });
});

function checkedText({
  expr,
  types,
  references,
}: {
  expr: Expr;
  types: ReadonlyMap<number, Type>;
  references: References | undefined;
}): string {
  return debugText(withFullNames(expr, references), (node) => {
    if (node === undefined) return '';
    const type = types.get(node.id);
    const shown = type === undefined ? '' : `~${formatType(type)}`;
    const reference = references?.get(node.id);
    if (reference === undefined || node.kind === 'constant' || node.kind === 'comprehension') return shown;
    return `${shown}^${reference.overloads.length === 0 ? reference.name : [...reference.overloads].sort().join('|')}`;
  });
}

/** As cel-go leaves the tree: qualified names are one name, functions in namespaces have no target. */
function withFullNames(expr: Expr, references: References | undefined): Expr {
  const inner = (each: Expr) => withFullNames(each, references);
  const reference = references?.get(expr.id);
  switch (expr.kind) {
    case 'select':
      if (reference !== undefined && reference.name !== '')
        return { kind: 'ident', id: expr.id, offset: expr.offset, name: reference.name };
      return { ...expr, operand: inner(expr.operand) };
    case 'ident':
      return { ...expr, name: reference?.name ?? expr.name };
    case 'call': {
      const full = expr.target === undefined ? undefined : namespacedName(expr.target, expr.name, qualifiedName);
      const isNamespaced = full !== undefined && reference?.name === full;
      const target = expr.target === undefined || isNamespaced ? undefined : inner(expr.target);
      return { ...expr, name: isNamespaced ? full : expr.name, target, args: expr.args.map(inner) };
    }
    case 'list':
      return { ...expr, elements: expr.elements.map(inner) };
    case 'map':
      return {
        ...expr,
        entries: expr.entries.map((entry) => ({ ...entry, key: inner(entry.key), value: inner(entry.value) })),
      };
    case 'comprehension':
      return {
        ...expr,
        iterRange: inner(expr.iterRange),
        accuInit: inner(expr.accuInit),
        loopCondition: inner(expr.loopCondition),
        loopStep: inner(expr.loopStep),
        result: inner(expr.result),
      };
    default:
      return expr;
  }
}
