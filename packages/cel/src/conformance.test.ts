import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEnvironment, type Environment } from './environment.ts';
import { encodersLibrary } from './libraries/encoders.ts';
import { mathLibrary } from './libraries/math.ts';
import { stringsLibrary } from './libraries/strings.ts';
import {
  functionsFromSpec,
  isRecord,
  sameValue,
  typeFromSpec,
  typesFromSpec,
  valueFromSpec,
} from './spec-value.test.fixture.ts';
import { containerOf, type SpecCase, specSuites } from './testing.test.fixture.ts';
import { formatType } from './types/type.ts';
import type { Value } from './values/value.ts';
import { isError } from './values/value.ts';

const libraries = [stringsLibrary, mathLibrary, encodersLibrary];

/** Kubernetes' expressions have no protobuf messages and no enums; `cel.block` is a tool of optimisers. */
const skipped: readonly (readonly [string, RegExp])[] = [
  [
    'protobuf messages',
    /TestAllTypes|TestRequired|google\.protobuf\.|proto2|proto3|PB_|objectValue|type\.googleapis|NestedEnum|GlobalEnum|pb2|pb3|value_null\/literal/,
  ],
  ['cel.block', /block_ext/],
  ['names in a namespace, unchecked', /container_lookup_unchecked/],
];

function reasonToSkip({ name, original }: SpecCase): string | undefined {
  const { container, ...rest } = original;
  const text = `${name} ${JSON.stringify(container === 'google.protobuf' ? original : rest)}`;
  return skipped.find(([, pattern]) => pattern.test(text))?.[0];
}

test("cases of cel-spec's conformance suite", () => {
  const counts = new Map<string, number>();
  const failures: string[] = [];
  for (const each of specSuites.conformance) {
    const reason = reasonToSkip(each);
    const problem = reason === undefined ? problemOf(each) : undefined;
    const outcome = reason ?? (problem === undefined ? 'passed' : 'failed');
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    if (problem !== undefined) failures.push(`${each.name}: ${each.original.expr.slice(0, 150)}\n    ${problem}`);
  }
  assert.deepEqual(failures, []);
  // Exact, so that no case drops out unnoticed.
  assert.deepEqual(Object.fromEntries(counts), {
    passed: 1619,
    'protobuf messages': 699,
    'cel.block': 25,
    'names in a namespace, unchecked': 1,
  });
});

function problemOf(each: SpecCase): string | undefined {
  const { original } = each;
  const environment = environmentOf(each);
  const compiled =
    original['disableCheck'] === true ? environment.parse(original.expr) : environment.compile(original.expr);
  const expectsError = original['evalError'] !== undefined;
  if ('errors' in compiled) return expectsError ? undefined : compiled.errors;
  const { typedResult } = original;
  if (isRecord(typedResult)) {
    const wanted = formatType(typeFromSpec(typedResult['deducedType']));
    if (formatType(compiled.expression.type) !== wanted)
      return `type ${formatType(compiled.expression.type)}, not ${wanted}`;
  }
  if (original['checkOnly'] === true) return undefined;
  const { result } = compiled.expression.evaluate(bindingsOf(original));
  if (expectsError) return isError(result) ? undefined : `gives ${show(result)}`;
  if (isError(result)) return result.message;
  const expected = isRecord(typedResult) ? typedResult['result'] : (original['value'] ?? { boolValue: true });
  return sameValue(result, valueFromSpec(expected))
    ? undefined
    : `gives ${show(result)}, not ${show(valueFromSpec(expected))}`;
}

function show(value: Value): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner));
}

function environmentOf(each: SpecCase): Environment {
  const { original } = each;
  const declarations = Array.isArray(original['typeEnv']) ? original['typeEnv'] : [];
  const functions = declarations.flatMap((declaration: unknown) => functionsFromSpec(declaration));
  return createEnvironment({
    variables: typesFromSpec(declarations),
    libraries: [...libraries, { name: 'declared', functions }],
    container: containerOf(each),
  });
}

function bindingsOf(original: SpecCase['original']): Map<string, Value> {
  const bindings = isRecord(original['bindings']) ? original['bindings'] : {};
  return new Map(
    Object.entries(bindings).flatMap(([name, bound]) =>
      isRecord(bound) ? [[name, valueFromSpec(bound['value'])] as const] : [],
    ),
  );
}
