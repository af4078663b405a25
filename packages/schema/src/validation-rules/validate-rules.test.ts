import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldError } from '@kindred/machinery';
import type { JSONSchemaProps, ValidationRule } from '../structural/json-schema-props.ts';
import { compileStructuralSchema } from '../structural/structural-schema.ts';
import { validationRuleErrors } from './rule-errors.ts';
import { ruleValidator } from './validate-rules.ts';

function schemaWith(spec: JSONSchemaProps): JSONSchemaProps {
  return { type: 'object', properties: { spec } };
}

/** Errors of an object with the spec, and what is only warned of. */
function judge(
  spec: JSONSchemaProps,
  value: unknown,
  old?: unknown,
): { errors: string[]; warnings: readonly string[] } {
  const schema = schemaWith(spec);
  assert.deepEqual(validationRuleErrors(schema, 'schema').map(formatFieldError), []);
  const validator = ruleValidator(compileStructuralSchema(schema));
  assert.ok(validator !== undefined);
  const metadata = { name: 'a' };
  const { errors, warnings } =
    old === undefined
      ? validator.validate({ metadata, spec: value })
      : validator.validateUpdate({ metadata, spec: value }, { metadata, spec: old });
  return { errors: errors.map(formatFieldError), warnings };
}

function spec(
  properties: Record<string, JSONSchemaProps>,
  ...rules: readonly (string | ValidationRule)[]
): JSONSchemaProps {
  const all = rules.map((rule) => (typeof rule === 'string' ? { rule } : rule));
  return { type: 'object', properties, ...(all.length === 0 ? {} : { 'x-kubernetes-validations': all }) };
}

const integer: JSONSchemaProps = { type: 'integer' };
const string: JSONSchemaProps = { type: 'string', maxLength: 20 };

test('a schema without rules has no validator', () => {
  assert.equal(ruleValidator(compileStructuralSchema(schemaWith(spec({ replicas: integer })))), undefined);
});

test('a rule that fails says so in its own words', () => {
  const bounds = { replicas: integer, max: integer };
  const rule = 'self.replicas <= self.max';
  assert.deepEqual(judge(spec(bounds, rule), { replicas: 1, max: 2 }).errors, []);
  const over = { replicas: 3, max: 2 };
  const at = 'spec: Invalid value:';
  assert.deepEqual(judge(spec(bounds, rule), over).errors, [`${at} failed rule: ${rule}`]);
  assert.deepEqual(judge(spec(bounds, { rule, message: 'too many' }), over).errors, [`${at} too many`]);
  const messageExpression = "'at most ' + string(self.max)";
  assert.deepEqual(judge(spec(bounds, { rule, messageExpression }), over).errors, [`${at} at most 2`]);
  assert.deepEqual(judge(spec(bounds, { rule, message: 'too many', messageExpression: "''" }), over).errors, [
    `${at} too many`,
  ]);
  assert.deepEqual(
    judge(spec(bounds, { rule, message: 'no', reason: 'FieldValueForbidden', fieldPath: '.replicas' }), over).errors,
    ['spec.replicas: Forbidden: no'],
  );
  assert.deepEqual(judge(spec(bounds, { rule, message: 'no', reason: 'FieldValueRequired' }), over).errors, [
    'spec: Required value: no',
  ]);
  assert.deepEqual(judge(spec(bounds, rule), { replicas: 3 }).errors, [
    `spec: Invalid value: "object": no such key: max evaluating rule: ${rule}`,
  ]);
});

test('values have the types that the schema gives them', () => {
  const properties: Record<string, JSONSchemaProps> = {
    count: integer,
    ratio: { type: 'number' },
    port: { 'x-kubernetes-int-or-string': true },
    since: { type: 'string', format: 'date-time' },
    wait: { type: 'string', format: 'duration' },
    'my-name': string,
    namespace: string,
    labels: { type: 'object', maxProperties: 5, additionalProperties: string },
    set: { type: 'array', maxItems: 5, items: string, 'x-kubernetes-list-type': 'set' },
  };
  const value = {
    count: 3,
    ratio: 1,
    port: 'http',
    since: '2024-01-02T03:04:05Z',
    wait: '90s',
    'my-name': 'n',
    namespace: 'ns',
    labels: { a: 'b' },
    set: ['x', 'y'],
    hidden: 1,
  };
  const rules = [
    'self.count / 2 == 1 && self.ratio / 2.0 == 0.5',
    "self.port == 'http' && type(self.port) == string",
    "self.since.getFullYear() == 2024 && self.wait == duration('1m30s')",
    "self.my__dash__name == 'n' && self.__namespace__ == 'ns'",
    "self.labels.all(k, self.labels[k] == 'b') && 'a' in self.labels && !has(self.labels.z)",
    "self.set == ['y', 'x'] && (self.set + ['x', 'z']).size() == 3",
    'has(self.count)',
  ];
  assert.deepEqual(judge(spec(properties, ...rules), value).errors, []);
});

test('the root sees names of its metadata', () => {
  const schema: JSONSchemaProps = {
    type: 'object',
    'x-kubernetes-validations': [{ rule: "self.metadata.name == 'a' && self.kind == 'K'" }],
  };
  assert.deepEqual(validationRuleErrors(schema, 'schema'), []);
  const validator = ruleValidator(compileStructuralSchema(schema));
  assert.deepEqual(validator?.validate({ kind: 'K', metadata: { name: 'a' } }).errors, []);
  const [error] = validator?.validate({ kind: 'K', metadata: { name: 'b' } }).errors ?? [];
  assert.ok(error !== undefined);
  assert.match(formatFieldError(error), /^<nil>: Invalid value: failed rule/);
});

test('transition rules compare with what was, where that can be told', () => {
  const grow = spec({
    size: { ...integer, 'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'may only grow' }] },
  });
  assert.deepEqual(judge(grow, { size: 1 }).errors, []);
  assert.deepEqual(judge(grow, { size: 2 }, { size: 1 }).errors, []);
  assert.deepEqual(judge(grow, { size: 1 }, {}).errors, []);
  assert.deepEqual(judge(grow, { size: 1 }, { size: 2 }).errors, ['spec.size: Invalid value: 1: may only grow']);
  const optional = spec({}, { rule: 'oldSelf.hasValue() || true', optionalOldSelf: true });
  assert.deepEqual(judge(optional, {}).errors, []);
  const named: JSONSchemaProps = {
    type: 'array',
    maxItems: 3,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    items: spec({ name: string, size: integer }, 'self.size >= oldSelf.size'),
  };
  const before = {
    list: [
      { name: 'a', size: 5 },
      { name: 'b', size: 1 },
    ],
  };
  assert.deepEqual(
    judge(
      spec({ list: named }),
      {
        list: [
          { name: 'b', size: 2 },
          { name: 'c', size: 0 },
        ],
      },
      before,
    ).errors,
    [],
  );
  assert.match(
    judge(spec({ list: named }), { list: [{ name: 'b', size: 0 }] }, before).errors[0] ?? '',
    /^spec\.list\[0\]: Invalid value/,
  );
});

test('what did not change is warned of, unless the rule is about the change', () => {
  const even = spec({
    size: { ...integer, 'x-kubernetes-validations': [{ rule: 'self % 2 == 0', message: 'even' }] },
    other: string,
  });
  const found = judge(even, { size: 1, other: 'new' }, { size: 1, other: 'old' });
  assert.deepEqual(found, { errors: [], warnings: ['spec.size: Invalid value: 1: even'] });
  const list: JSONSchemaProps = {
    type: 'array',
    maxItems: 3,
    items: { ...integer, 'x-kubernetes-validations': [{ rule: 'self > 5' }] },
  };
  assert.deepEqual(judge(spec({ list, other: string }), { list: [1], other: 'new' }, { list: [1], other: 'old' }), {
    errors: [],
    warnings: ['spec.list[0]: Invalid value: 1: failed rule: self > 5'],
  });
  assert.deepEqual(judge(spec({ list }), { list: [1, 7] }, { list: [1] }).errors, [
    'spec.list[0]: Invalid value: 1: failed rule: self > 5',
  ]);
});

test('an evaluation that costs too much ends', () => {
  const list: JSONSchemaProps = { type: 'array', maxItems: 100, items: { type: 'integer' } };
  const heavy = 'self.list.all(a, self.list.all(b, self.list.all(c, a + b + c >= 0)))';
  const schema = schemaWith(spec({ list }, heavy));
  const value = { list: Array.from({ length: 100 }, (_, index) => index) };
  const found = ruleValidator(compileStructuralSchema(schema))?.validate({ metadata: {}, spec: value }).errors ?? [];
  assert.deepEqual(found.map(formatFieldError), [
    `spec: Invalid value: "object": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: ${heavy}`,
  ]);
});

/** Errors of a definition's schema. */
function faults(spec: JSONSchemaProps): string[] {
  return validationRuleErrors(schemaWith(spec), 'schema').map(formatFieldError);
}

test('rules that do not compile are faults of the definition', () => {
  const at = 'schema.properties[spec].x-kubernetes-validations[0].rule';
  const [missing = ''] = faults(spec({ replicas: integer }, 'self.replica > 1'));
  assert.match(
    missing,
    /^schema\.properties\[spec\]\.x-kubernetes-validations\[0\]\.rule: Invalid value: apiextensions\.ValidationRule\{Rule:"self\.replica > 1"/,
  );
  assert.match(
    missing,
    /compilation failed: ERROR: <input>:1:5: undefined field 'replica'\n \| self\.replica > 1\n \| \.\.\.\.\^$/,
  );
  assert.match(
    faults(spec({ replicas: integer }, "self.replicas > 'a'"))[0] ?? '',
    /found no matching overload for '_>_' applied to '\(int, string\)'/,
  );
  assert.match(
    faults(spec({ replicas: integer }, 'self.replicas'))[0] ?? '',
    /cel expression must evaluate to a bool$/,
  );
  assert.match(
    faults(spec({}, { rule: 'true', messageExpression: '1' }))[0] ?? '',
    /messageExpression: .*must evaluate to a string$/,
  );
  assert.match(
    faults(spec({ a: integer }, { rule: 'true', fieldPath: '.b' }))[0] ?? '',
    /fieldPath: .*does not refer to a valid field/,
  );
  const list: JSONSchemaProps = {
    type: 'array',
    maxItems: 5,
    items: { ...integer, 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] },
  };
  assert.deepEqual(faults(spec({ list })), [
    'schema.properties[spec].properties[list].items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": ' +
      'oldSelf cannot be used on the uncorrelatable portion of the schema within schema.properties[spec].properties[list]',
  ]);
  assert.ok(at.startsWith('schema'));
});

test('rules that may cost too much are faults of the definition', () => {
  const endless: JSONSchemaProps = { type: 'array', items: { type: 'string' } };
  const nested = 'self.list.all(a, self.list.all(b, a == b))';
  assert.match(
    faults(spec({ list: endless }, nested))[0] ?? '',
    /^schema\.properties\[spec\]\.x-kubernetes-validations\[0\]\.rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x \(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared\)$/,
  );
  const bounded: JSONSchemaProps = { type: 'array', maxItems: 20, items: { type: 'string', maxLength: 20 } };
  assert.deepEqual(faults(spec({ list: bounded }, nested)), []);
  assert.deepEqual(
    faults(spec({ name: { type: 'string' } }, "self.name.startsWith('a') && self.name.size() < 10")),
    [],
  );
});
