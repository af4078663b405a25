import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printRecord } from '../release/print-record.ts';
import { testHost } from '../test-host.test.fixture.ts';
import { serverTablesText } from './server-table.ts';

const table = (names: readonly string[], rows: readonly (readonly unknown[])[]) => ({
  columnDefinitions: names.map((name) => ({ name: name.replace('*', ''), priority: name.endsWith('*') ? 1 : 0 })),
  rows: rows.map((cells) => ({ cells: [...cells] as string[] })),
});

test('lays tables of the server out as kubectl does: no header twice, no columns of less interest', () => {
  const columns = ['Name', 'Wide*', 'Age'];
  assert.equal(
    serverTablesText([
      table(columns, [['web', 'x', '3s']]),
      table(columns, [['a-longer-name', 'x', null]]),
      table(['Name'], []),
      table(
        ['Name', 'Ready'],
        [
          ['web', 3],
          ['two\nlines', true],
        ],
      ),
    ]),
    'NAME   AGE\nweb    3s\na-longer-name   \nNAME     READY\nweb      3\ntwo...   true\n',
  );
});

test('adds live objects to a record, with sorted members, after the last member of info', () => {
  const host = testHost();
  const record = '{"name":"w","info":{"notes":"a \\"}{\\" b","status":"deployed"},"manifest":"}{"}';
  printRecord(host, 'json', record, new Map([['v1/Pod', [{ b: 1, a: '<' }]]]));
  assert.equal(
    host.said.output.join(''),
    '{"name":"w","info":{"notes":"a \\"}{\\" b","status":"deployed","resources":{"v1/Pod":[{"a":"\\u003c","b":1}]}},"manifest":"}{"}\n',
  );
});
