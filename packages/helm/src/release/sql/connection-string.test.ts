import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConnectionString } from './connection-string.ts';

const parse = (text: string, environment = {}) => {
  const { parameters, ...address } = parseConnectionString(text, environment);
  const told = Object.entries(address).filter(([, value]) => value !== undefined && value !== '' && value !== 0);
  return { ...Object.fromEntries(told), ...(Object.keys(parameters).length === 0 ? {} : { parameters }) };
};

test('URLs, pairs and variables say the same', () => {
  const address = { host: 'db', port: 5433, user: 'me', password: 'a b@c', database: 'x', sslMode: 'disable' };
  assert.deepEqual(parse('postgres://me:a%20b%40c@db:5433/x?sslmode=disable'), address);
  assert.deepEqual(parse("host=db port = 5433 user=me password='a b@c' dbname=x sslmode=disable"), address);
  assert.deepEqual(
    parse('host=db dbname=x password=a\\ b@c sslmode=disable', { PGPORT: '5433', PGUSER: 'me' }),
    address,
  );
  assert.deepEqual(parse(''), { host: 'localhost', port: 5432, sslMode: 'require' });
  assert.deepEqual(parse('postgresql://[::1]/?search_path=a,b&sslmode=verify-full&sslrootcert=ca', { USER: 'me' }), {
    host: '::1',
    port: 5432,
    user: 'me',
    sslMode: 'verify-full',
    sslRootCert: 'ca',
    parameters: { search_path: 'a,b' },
  });
  assert.deepEqual(parse('postgres://me@/x?host=/run/pg'), {
    host: '/run/pg',
    port: 5432,
    user: 'me',
    database: 'x',
    sslMode: 'require',
  });
});

test('what is wrong is said without the text, which holds a password', () => {
  for (const [text, message] of [
    ['foo bar', 'missing "=" after "foo" in connection info string"'],
    ["password='x", 'unterminated quoted string literal in connection string'],
    ['sslmode=prefer', /unsupported sslmode "prefer"; only "require"/],
    ['postgres://a:b@c:d/e', 'the connection string is no URL'],
    ['postgres://a:%zz@c', 'the connection string has an invalid URL escape'],
    ['port=x', 'pq: invalid port "x"'],
  ] as const) {
    assert.throws(() => parseConnectionString(text, {}), { message });
  }
});
