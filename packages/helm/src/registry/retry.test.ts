import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpAnswer } from '../http/http-client.ts';
import { withRetries } from './retry.ts';

function answer(status: number, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, statusLine: String(status), headers, body: new Uint8Array(), url: new URL('https://example.org') };
}

async function run(answers: readonly HttpAnswer[]): Promise<{ status: number; pauses: number[] }> {
  const pauses: number[] = [];
  const left = [...answers];
  const send = async (): Promise<HttpAnswer> => left.shift() ?? answer(418);
  const { status } = await withRetries(send, async (milliseconds) => void pauses.push(milliseconds), undefined);
  return { status, pauses };
}

test('asks again with growing pauses while a registry is busy, but not for ever', async () => {
  assert.deepEqual(await run([answer(503), answer(429, { 'retry-after': '1' }), answer(200)]), {
    status: 200,
    pauses: [250, 1000],
  });
  assert.deepEqual(await run(Array.from({ length: 9 }, () => answer(500))), {
    status: 500,
    pauses: [250, 500, 1000, 2000, 3000],
  });
  assert.deepEqual(await run([answer(429, { 'retry-after': '86400' }), answer(404)]), { status: 404, pauses: [3000] });
  for (const status of [200, 401, 404, 501]) assert.deepEqual(await run([answer(status)]), { status, pauses: [] });
});
