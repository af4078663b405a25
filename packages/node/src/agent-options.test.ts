import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultAgentOptions, parseAgentOptions } from './agent-options.ts';

const settings = {
  server: 'https://127.0.0.1:6443',
  caFile: 'ca.crt',
  certFile: 'node.crt',
  keyFile: 'node.key',
  dataDir: 'data',
  nodeName: 'one',
};

async function withFile(content: object, use: (flags: string[]) => void): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-agent-options-'));
  try {
    await writeFile(join(directory, 'agent.json'), JSON.stringify(content));
    use(['--config', join(directory, 'agent.json')]);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test('settings come from the file, flags go over them, the rest has defaults', () =>
  withFile({ ...settings, port: 10250, hiddenPaths: ['/secret'] }, (flags) => {
    assert.deepEqual(parseAgentOptions([...flags, '--nodeName', 'two', '--port', '0']), {
      ...defaultAgentOptions,
      ...settings,
      nodeName: 'two',
      port: 0,
      hiddenPaths: ['/secret'],
    });
  }));

test('what is missing, unknown or of a wrong type is named', async () => {
  const refusals: readonly [object, RegExp][] = [
    [{ server: undefined }, /needs server as text.*found nothing/],
    [{ clusterDns: 10 }, /needs clusterDns as text.*found 10/],
    [{ imagesFile: [] }, /needs imagesFile as text.*found \[\]/],
    [{ isolation: 'full' }, /isolation is auto, namespaces or plain, not "full"/],
    [{ port: '80' }, /port is a whole number from 0 to 65535, not "80"/],
    [{ hiddenPaths: 'all' }, /hiddenPaths is a list of texts, not "all"/],
    [{ allowedClients: [1] }, /allowedClients is a list of texts, not \[1\]/],
  ];
  for (const [change, message] of refusals) {
    await withFile({ ...settings, ...change }, (flags) => assert.throws(() => parseAgentOptions(flags), message));
  }
  assert.throws(() => parseAgentOptions(['--port', 'x']), /needs server/);
  assert.throws(() => parseAgentOptions(['--nope', '1']), /nope/);
});
