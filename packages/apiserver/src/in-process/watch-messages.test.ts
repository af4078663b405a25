import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WatchMessage } from '../request/api-response.ts';
import { createTestServer } from '../testing/test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

function configMap(name: string): object {
  return { metadata: { name, labels: { app: name } }, data: { a: 'b' } };
}

test('a watch of metadata gives a reader in this process messages, and lines to others', async (t) => {
  const server = await createTestServer(t);
  await server.call('POST', configMaps, configMap('old'));
  const transport = server.api.transport({ username: 'w', groups: ['system:masters'] });
  const path = `${configMaps}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`;
  const request = { method: 'GET', path, headers: { accept: metadataOnly } } as const;
  const { messages } = await transport.request({ ...request, takesMessages: true });
  assert.ok(messages !== undefined);
  const lines = await transport.request(request);
  assert.equal(lines.messages, undefined);
  const seen = flattened(messages);
  const text = linesOf(lines.body);
  const same = async (): Promise<WatchMessage | undefined> => {
    const [message, line] = [await seen.next(), await text.next()];
    assert.deepEqual(shown(message.value), JSON.parse(line.value ?? ''));
    return message.value;
  };
  assert.equal((await same())?.type, 'ADDED');
  assert.equal((await same())?.type, 'BOOKMARK');
  await server.call('POST', configMaps, configMap('new'));
  assert.equal((await same())?.type, 'ADDED');
  await server.call(
    'PATCH',
    `${configMaps}/new`,
    { data: { a: 'c' } },
    { 'content-type': 'application/merge-patch+json' },
  );
  assert.equal((await same())?.type, 'MODIFIED');
  await server.call('DELETE', `${configMaps}/new`);
  assert.equal((await same())?.type, 'DELETED');
  await transport.close();
});

test('a watch of whole objects has no messages', async (t) => {
  const server = await createTestServer(t);
  const transport = server.api.transport({ username: 'w', groups: ['system:masters'] });
  const path = `${configMaps}?watch=true`;
  const answer = await transport.request({ method: 'GET', path, headers: {}, takesMessages: true });
  assert.equal(answer.messages, undefined);
  await transport.close();
});

/** A message as the line that it stands for. */
function shown(message: WatchMessage | undefined): unknown {
  if (message?.type !== 'BOOKMARK') return JSON.parse(JSON.stringify(message)) as unknown;
  assert.equal(message.initialEventsEnd, true);
  const { resourceVersion } = message;
  const metadata = { resourceVersion, annotations: { 'k8s.io/initial-events-end': 'true' } };
  return { type: 'BOOKMARK', object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } };
}

async function* flattened(batches: AsyncIterable<readonly WatchMessage[]>): AsyncGenerator<WatchMessage> {
  for await (const batch of batches) yield* batch;
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const chunk of body) yield* Buffer.from(chunk).toString().trimEnd().split('\n');
}
