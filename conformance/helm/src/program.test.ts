/** The program as a user starts it: `kindred helm`, with its output going to a pipe. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { clientBinary, kindredProgram, runCommand } from '@kindred-conformance/clients';
import { CHART_YAML } from './render-both.ts';

test('prints all of what is more than a pipe takes at once', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-helm-program-'));
  try {
    await mkdir(join(directory, 'templates'));
    await writeFile(join(directory, 'Chart.yaml'), CHART_YAML);
    await writeFile(
      join(directory, 'templates/a.yaml'),
      '{{ range until 2000 }}---\nkind: A\napiVersion: v1\nmetadata: { name: a-{{ . }} }\ntext: {{ repeat 200 "é" }}\n{{ end }}',
    );
    const options = { environment: { HOME: directory } };
    const helm = await runCommand(await clientBinary('helm'), ['template', directory], options);
    const ours = await runCommand(process.execPath, [kindredProgram, 'helm', 'template', directory], options);
    assert.equal(ours.stderr, '');
    assert.ok(helm.stdout.length > 400_000);
    assert.ok(ours.stdout === helm.stdout, `${ours.stdout.length} characters of ${helm.stdout.length}`);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('tells plugins of a program that is helm by itself', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-helm-program-'));
  try {
    const options = { environment: { HOME: directory } };
    const { stdout } = await runCommand(process.execPath, [kindredProgram, 'helm', 'env', 'HELM_BIN'], options);
    const version = await runCommand(stdout.trim(), ['version', '--short'], options);
    assert.deepEqual([version.code, version.stdout], [0, 'v4.1.4+g05fa379\n']);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('serves an editor with the library of the protocol, which only that command loads', async () => {
  const message = (content: object): string => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...content });
    return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  };
  const input = [
    message({ id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } }),
    message({ id: 2, method: 'shutdown' }),
    message({ method: 'exit' }),
  ].join('');
  const served = await runCommand(process.execPath, [kindredProgram, 'helm', 'language-server', '--stdio'], {
    environment: {},
    input,
  });
  assert.deepEqual([served.code, served.stderr], [0, '']);
  const [first = ''] = served.stdout.split(/Content-Length: \d+\r\n\r\n/).filter(Boolean);
  assert.equal(JSON.parse(first).result.capabilities.definitionProvider, true);
});
