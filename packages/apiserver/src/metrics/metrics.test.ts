import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import { createTestServer } from '../testing/test-server.ts';
import { exposition } from './exposition.ts';
import { Histogram } from './histogram.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

function series(text: string, name: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

test('requests are counted by verb, resource and outcome', async (t) => {
  const server = await createTestServer(t);
  await server.call('POST', configMaps, { metadata: { name: 'a' } });
  await server.call('GET', `${configMaps}/a`);
  await server.call('GET', `${configMaps}/a`);
  await server.call('GET', `${configMaps}/b`);
  await server.call('GET', '/apis/made.up/v1/things');
  await server.call('GET', `${configMaps}/a/made-up`);
  const { text, headers } = await server.call('GET', '/metrics');
  assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  const labels = (verb: string, scope: string, code: number): string =>
    `{verb="${verb}",group="",version="v1",resource="configmaps",subresource="",scope="${scope}",component="apiserver",code="${code}"}`;
  assert.deepEqual(
    series(text, 'apiserver_request_total').sort(),
    [
      `apiserver_request_total${labels('GET', 'resource', 200)} 2`,
      `apiserver_request_total${labels('GET', 'resource', 404)} 1`,
      `apiserver_request_total${labels('POST', 'namespace', 201)} 1`,
      'apiserver_request_total{verb="GET",group="",version="",resource="",subresource="",scope="",component="apiserver",code="404"} 1',
      'apiserver_request_total{verb="LIST",group="",version="",resource="",subresource="",scope="",component="apiserver",code="404"} 1',
    ].sort(),
  );
  const [count] = series(text, 'apiserver_request_duration_seconds_count').filter((line) =>
    line.includes('verb="GET",group="",version="v1"'),
  );
  assert.match(count ?? '', / 3$/);
  assert.match(text, /^apiserver_storage_objects\{resource="configmaps"\} 1$/m);
  assert.match(text, /^process_resident_memory_bytes \d+$/m);
});

test('open watches are counted until they end', async (t) => {
  const clock = new ManualClock(0);
  const server = await createTestServer(t, { clock });
  await server.call('POST', configMaps, { metadata: { name: 'a' } });
  const watch = server.watch(`${configMaps}?watch=true&timeoutSeconds=1`);
  await watch.next();
  const open = (await server.call('GET', '/metrics')).text;
  assert.match(open, /^apiserver_longrunning_requests\{verb="WATCH",.*resource="configmaps".*\} 1$/m);
  clock.advance(1000);
  assert.equal(await watch.ended(), true);
  const after = (await server.call('GET', '/metrics')).text;
  assert.equal(series(after, 'apiserver_longrunning_requests').length, 0);
  assert.match(after, /^apiserver_request_total\{verb="WATCH",.*code="200"\} 1$/m);
});

test('histograms count up to each bound', () => {
  const histogram = new Histogram([1, 2]);
  for (const value of [0.5, 1, 1.5, 9]) histogram.observe(value);
  const text = exposition([{ name: 'x', help: 'Help.', type: 'histogram', samples: histogram.samples({ a: '"' }) }]);
  assert.equal(
    text,
    '# HELP x Help.\n# TYPE x histogram\nx_bucket{a="\\"",le="1"} 2\nx_bucket{a="\\"",le="2"} 3\n' +
      'x_bucket{a="\\"",le="+Inf"} 4\nx_sum{a="\\""} 12\nx_count{a="\\""} 4\n',
  );
});
