import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRecognisedFormat, stringFormat } from './formats.ts';

const examples: [string, string[], string[]][] = [
  ['uri', ['https://example.com/x?y', '/absolute', 'mailto:a@b'], ['relative', 'http://a b', 'https://[::1']],
  ['email', ['a@example.com'], ['a', 'a@']],
  ['hostname', ['example.com', 'a'], ['', 'a..b', '-a']],
  ['ipv4', ['10.0.0.1'], ['10.0.0', '::1']],
  ['ipv6', ['::1'], ['10.0.0.1']],
  ['cidr', ['10.0.0.0/8', 'fd00::/8'], ['10.0.0.0', '10.0.0.0/33']],
  ['mac', ['00:1a:2b:3c:4d:5e'], ['00:1a']],
  ['uuid', ['123e4567-e89b-12d3-a456-426614174000'], ['x']],
  ['uuid4', ['123e4567-e89b-42d3-a456-426614174000'], ['123e4567-e89b-12d3-a456-426614174000']],
  ['isbn10', ['0-306-40615-2'], ['0-306-40615-3']],
  ['isbn13', ['978-0-306-40615-7'], ['978-0-306-40615-8']],
  ['creditcard', ['4111 1111 1111 1111'], ['4111 1111 1111 1112']],
  ['ssn', ['111-22-3333'], ['1']],
  ['hexcolor', ['#fff', 'a0b1c2'], ['#ff']],
  ['rgbcolor', ['rgb(1, 2, 255)'], ['rgb(1,2,256)']],
  ['byte', ['aGk='], ['a']],
  ['date', ['2024-02-29'], ['2023-02-29', '2024-1-1']],
  ['date-time', ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.5+01:00'], ['2024-01-01', '2024-13-01T00:00:00Z']],
  ['datetime', ['2024-01-01T00:00:00Z'], ['']],
  ['duration', ['1h30m', '5s', '0', '3 days'], ['', 'x']],
  ['k8s-short-name', ['abc-1'], ['Abc', 'a.b']],
  ['k8s-long-name', ['a.b-c'], ['a..b']],
  ['bsonobjectid', ['507f1f77bcf86cd799439011'], ['507f']],
];

for (const [format, good, bad] of examples) {
  test(`format ${format}`, () => {
    const matches = stringFormat(format);
    assert.ok(matches);
    for (const value of good) assert.ok(matches(value), value);
    for (const value of bad) assert.ok(!matches(value), value);
  });
}

test('unknown formats accept everything and are told apart', () => {
  assert.equal(stringFormat('colour'), undefined);
  assert.ok(!isRecognisedFormat('colour'));
  assert.ok(isRecognisedFormat('int32'));
});
