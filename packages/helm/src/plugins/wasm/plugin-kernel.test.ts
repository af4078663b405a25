import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PluginKernel } from './plugin-kernel.ts';

/** The functions as a module sees them: numbers of 64 bits. */
function kernel(options: Partial<ConstructorParameters<typeof PluginKernel>[0]> = {}) {
  const logged: string[] = [];
  const own = new PluginKernel({
    input: Buffer.from('input of it'),
    config: { key: 'value', empty: '' },
    maxBytes: 1_000_000,
    maxVarBytes: 10,
    log: (level, message) => logged.push(`${level} ${message}`),
    request: ({ text, body }) => ({
      status: 201,
      headers: { a: 'b' },
      body: Buffer.from(`${text} ${Buffer.from(body ?? []).toString()}`),
    }),
    ...options,
  });
  const functions = own.imports();
  // The module's types say what they take and give; here each test knows.
  const call = (name: string, ...args: readonly (bigint | number)[]): bigint =>
    BigInt((functions[name] as (...given: readonly (bigint | number)[]) => bigint)?.(...args) ?? 0);
  const put = (text: string): bigint => {
    const bytes = Buffer.from(text);
    const offset = call('alloc', BigInt(bytes.length));
    bytes.forEach((byte, at) => call('store_u8', offset + BigInt(at), byte));
    return offset;
  };
  const take = (offset: bigint): string => {
    const bytes = Array.from({ length: Number(call('length', offset)) }, (_, at) =>
      call('load_u8', offset + BigInt(at)),
    );
    return Buffer.from(bytes.map(Number)).toString();
  };
  return { own, call, put, take, logged };
}

test('blocks hold what is put into them, and are known by their start', () => {
  const { own, call, put, take } = kernel();
  const one = put('one');
  const other = put('x'.repeat(200_000));
  assert.deepEqual([take(one), take(other).length], ['one', 200_000]);
  call('store_u64', one, 0x4142434445464748n);
  assert.equal(call('load_u64', one), 0x4142434445464748n);
  call('free', one);
  assert.equal(call('length', one), 0n);
  assert.deepEqual([call('input_length'), call('input_load_u8', 2n)], [11n, 0x70n]);
  assert.equal(take(call('input_offset')), 'input of it');
  call('output_set', other, 3n);
  assert.equal(Buffer.from(own.output).toString(), 'xxx');
  assert.equal(own.error, undefined);
  call('error_set', put('bad'));
  assert.equal(own.error, 'bad');
});

test('settings and variables are found by name', () => {
  const { call, put, take } = kernel();
  assert.equal(take(call('config_get', put('key'))), 'value');
  assert.notEqual(call('config_get', put('empty')), 0n);
  for (const name of ['other', 'constructor', '__proto__']) assert.equal(call('config_get', put(name)), 0n, name);
  assert.equal(call('var_get', put('a')), 0n);
  call('var_set', put('a'), put('12345'));
  call('var_set', put('a'), put('1234567890'));
  assert.equal(take(call('var_get', put('a'))), '1234567890');
  assert.throws(() => call('var_set', put('b'), put('1')), { message: 'Variable store is full' });
  call('var_set', put('a'), 0n);
  assert.equal(call('var_get', put('a')), 0n);
});

test('requests give their answer, its status and its headers; logs are heard', () => {
  const { call, put, take, logged } = kernel();
  assert.equal(take(call('http_request', put('ask'), put('body'))), 'ask body');
  assert.equal(call('http_status_code'), 201n);
  assert.equal(take(call('http_headers')), '{"a":"b"}');
  call('log_warn', put('careful'));
  assert.deepEqual(logged, ['warn careful']);
});

test('what is outside of the memory, or too much, is refused', () => {
  const { call } = kernel({ maxBytes: 200_000 });
  assert.throws(() => call('alloc', 300_000n), { message: 'out of memory' });
  assert.throws(() => call('load_u8', 1n << 40n), RangeError);
  assert.throws(() => call('output_set', 0n, 1n << 40n), { message: 'out of bounds memory access' });
});
