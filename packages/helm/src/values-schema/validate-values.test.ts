import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadChartFiles, readValues } from '../chart/load-files.ts';
import { loadSchemas } from '../node/load-schemas.ts';
import { compareDecimals, isMultipleOf, parseDecimal } from './decimal.ts';
import { type RemoteSchemas, validateValues } from './validate-values.ts';

const encoder = new TextEncoder();

function chartWith(schema: unknown) {
  return loadChartFiles([
    { name: 'Chart.yaml', data: encoder.encode('apiVersion: v2\nname: web\nversion: 1.0.0\n') },
    { name: 'values.schema.json', data: encoder.encode(JSON.stringify(schema)) },
  ]);
}

function check(schema: unknown, values: string, remote?: RemoteSchemas): string {
  try {
    validateValues(chartWith(schema), readValues(values, 'values'), remote === undefined ? {} : { remote });
    return '';
  } catch (error) {
    assert.ok(error instanceof Error && error.name === 'ChartError', String(error));
    return error.message.split('\n').slice(2).join('\n').trim();
  }
}

test('names the item that is wrong behind a tuple', () => {
  const schema = { properties: { v: { prefixItems: [{ type: 'string' }], items: { type: 'null' } } } };
  assert.equal(check(schema, 'v: [a, 1]'), "- at '/v/1': got number, want null");
});

test('refuses two schemas with one identifier', () => {
  assert.match(check({ $defs: { a: { $id: 'same' }, b: { $id: 'same' } } }, ''), /^duplicate id "file:\/\/\/same"/);
});

test('ends with schemas that would take for ever', () => {
  const $defs: Record<string, unknown> = { d0: { type: 'object' } };
  for (let n = 1; n < 60; n++) {
    const $ref = `#/$defs/d${n - 1}`;
    $defs[`d${n}`] = { allOf: [{ $ref }, { $ref }] };
  }
  assert.equal(check({ $defs, $ref: '#/$defs/d59' }, ''), 'the schema takes too many steps to validate with');
});

test('loads the schemas that schemas refer to, once each', async () => {
  const documents: Record<string, unknown> = {
    'https://example.com/a.json': { properties: { b: { $ref: 'b.json#/$defs/name' } } },
    'https://example.com/b.json': { $defs: { name: { type: 'string' } }, $ref: 'a.json' },
  };
  const asked: string[] = [];
  const schema = { $ref: 'https://example.com/a.json' };
  const remote = await loadSchemas(chartWith(schema), async (url) => {
    asked.push(url);
    const found = documents[url];
    if (found === undefined) throw new Error('not there');
    return JSON.stringify(found);
  });
  assert.deepEqual(asked, ['https://example.com/a.json', 'https://example.com/b.json']);
  assert.equal(check(schema, 'b: 1', remote), "- at '/b': got number, want string");
});

test('says what could not be loaded', async () => {
  const schema = { $ref: 'https://example.com/gone.json' };
  const remote = await loadSchemas(chartWith(schema), async () => {
    throw new Error('HTTP request failed');
  });
  assert.equal(check(schema, '', remote), 'failing loading "https://example.com/gone.json": HTTP request failed');
  assert.match(check(schema, ''), /^failing loading .*: remote schemas are not loaded here$/);
});

test('compares decimals as exactly as integers', () => {
  fc.assert(
    fc.property(
      fc.bigInt(-(10n ** 30n), 10n ** 30n),
      fc.bigInt(-(10n ** 30n), 10n ** 30n),
      fc.nat(25),
      (a, b, scale) => {
        const [left, right] = [parseDecimal(`${a}e-${scale}`), parseDecimal(`${b}e-${scale}`)];
        assert.ok(left !== undefined && right !== undefined);
        assert.equal(Math.sign(compareDecimals(left, right)), a < b ? -1 : a > b ? 1 : 0);
        assert.equal(isMultipleOf(left, right), b !== 0n && a % b === 0n);
      },
    ),
  );
});
