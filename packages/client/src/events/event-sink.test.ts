import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Event, Pod } from '@kindred/apis/core/v1';
import { ManualClock } from '@kindred/machinery';
import { createClient } from '../client/client.ts';
import { failure, MemoryApi } from '../testing/memory-api.ts';
import { EventSink } from './event-sink.ts';

async function setup() {
  const api = new MemoryApi();
  const clock = new ManualClock(1_700_000_000_000);
  const client = createClient(api, { clock });
  const errors: unknown[] = [];
  const sink = new EventSink({
    client,
    clock,
    random: () => 0,
    host: 'node-1',
    onError: (error) => errors.push(error),
  });
  const pod = await client.create(Pod, { metadata: { name: 'web', namespace: 'shop' }, spec: { containers: [] } });
  const list = async () => (await client.list(Event)).items;
  return {
    api,
    clock,
    errors,
    sink,
    recorder: sink.recorder('kubelet'),
    pod: { ...pod, apiVersion: 'v1', kind: 'Pod' },
    list,
  };
}

test('an event names its object, its source and its times', async () => {
  const { sink, recorder, pod, list } = await setup();
  recorder.record(pod, { type: 'Warning', reason: 'BackOff', message: 'Back-off', fieldPath: 'spec.containers{main}' });
  await sink.flush();
  const [event] = await list();
  assert.match(event?.metadata.name ?? '', /^web\.[0-9a-f]+$/);
  assert.equal(event?.metadata.namespace, 'shop');
  const { uid, resourceVersion } = pod.metadata;
  const object = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web', uid, resourceVersion };
  assert.deepEqual(event?.involvedObject, { ...object, fieldPath: 'spec.containers{main}' });
  assert.deepEqual(event?.source, { component: 'kubelet', host: 'node-1' });
  assert.deepEqual([event?.type, event?.reason, event?.count], ['Warning', 'BackOff', 1]);
  assert.equal(event?.firstTimestamp, '2023-11-14T22:13:20Z');
});

test('repeats raise the count of one event', async () => {
  const { clock, sink, recorder, pod, list } = await setup();
  for (let n = 0; n < 3; n++) {
    recorder.record(pod, { type: 'Normal', reason: 'Pulled', message: 'same' });
    clock.advance(1000);
  }
  await sink.flush();
  const events = await list();
  assert.deepEqual(
    events.map(({ count, lastTimestamp }) => [count, lastTimestamp]),
    [[3, '2023-11-14T22:13:22Z']],
  );
});

test('many similar ones are combined, and a flood is cut off', async () => {
  const { clock, sink, recorder, pod, list } = await setup();
  for (let n = 0; n < 40; n++) recorder.record(pod, { type: 'Warning', reason: 'Failed', message: `try ${n}` });
  await sink.flush();
  const events = await list();
  assert.equal(events.length, 11);
  const combined = events.find(({ message }) => message?.startsWith('(combined from similar events): '));
  assert.equal(combined?.count, 15, '25 in all were let through');
  clock.advance(300_000);
  recorder.record(pod, { type: 'Warning', reason: 'Failed', message: 'again' });
  recorder.record(pod, { type: 'Warning', reason: 'Failed', message: 'and again' });
  await sink.flush();
  assert.equal((await list()).find(({ message }) => message?.startsWith('(combined'))?.count, 16);
});

test('recording never throws; what the server refuses is reported and dropped', async () => {
  const { api, errors, sink, recorder, pod } = await setup();
  api.fault = () => failure(403, 'Forbidden', 'namespace shop is being terminated');
  recorder.record(pod, { type: 'Normal', reason: 'Gone', message: 'x'.repeat(3000) });
  await sink.flush();
  assert.match(String(errors[0]), /being terminated/);
  const body = JSON.parse(Buffer.from(api.writes.at(-1)?.body ?? []).toString());
  assert.equal(body.message.length, 1024);
  await sink.close();
  recorder.record(pod, { type: 'Normal', reason: 'Late', message: '' });
});
