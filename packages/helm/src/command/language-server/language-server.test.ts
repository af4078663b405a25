/** The language server as an editor starts it: a process, spoken to by the client's part of the protocol's own library. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import * as protocol from 'vscode-languageserver/node';

const PROGRAM = `
  const { runHelmProcess } = await import(${JSON.stringify(new URL('../main.js', import.meta.url).href)});
  process.exit(await runHelmProcess(process.argv.slice(1), { program: 'helm' }));
`;

class Editor {
  readonly directory: string;
  readonly connection: protocol.ProtocolConnection;
  readonly process: ChildProcess;
  readonly registered: string[] = [];
  readonly #problems = new Map<string, protocol.Diagnostic[]>();
  readonly #waiting = new Set<() => void>();
  readonly #texts = new Map<string, string>();
  #version = 1;

  private constructor(directory: string, child: ChildProcess) {
    const { stdin, stdout } = child;
    if (stdin === null || stdout === null) throw new Error('the process has no pipes');
    this.directory = directory;
    this.process = child;
    this.connection = protocol.createProtocolConnection(stdout, stdin);
    this.connection.onNotification(protocol.PublishDiagnosticsNotification.type, ({ uri, diagnostics }) => {
      this.#problems.set(uri, diagnostics);
      for (const wake of this.#waiting) wake();
    });
    this.connection.onRequest(protocol.RegistrationRequest.type, ({ registrations }) => {
      this.registered.push(...registrations.map(({ method }) => method));
    });
    this.connection.listen();
  }

  static async start(files: Readonly<Record<string, string>>): Promise<Editor> {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'kindred-language-')));
    const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, 'language-server', '--stdio'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], HOME: directory },
    });
    const editor = new Editor(directory, child);
    await editor.write(files);
    await editor.connection.sendRequest(protocol.InitializeRequest.type, {
      processId: process.pid,
      rootUri: pathToFileURL(directory).href,
      capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
    });
    await editor.connection.sendNotification(protocol.InitializedNotification.type, {});
    return editor;
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.directory, name)), { recursive: true });
      await writeFile(join(this.directory, name), text);
    }
  }

  uri(name: string): string {
    return pathToFileURL(join(this.directory, name)).href;
  }

  /** Puts a text into the editor; `¦` marks the cursor, whose position it gives. */
  async type(name: string, marked: string): Promise<{ textDocument: { uri: string }; position: protocol.Position }> {
    const at = marked.indexOf('¦');
    const text = at < 0 ? marked : marked.slice(0, at) + marked.slice(at + 1);
    const uri = this.uri(name);
    const before = this.#texts.get(name);
    if (before === undefined) {
      const textDocument = { uri, languageId: 'helm', version: this.#version, text };
      await this.connection.sendNotification(protocol.DidOpenTextDocumentNotification.type, { textDocument });
    } else {
      await this.connection.sendNotification(protocol.DidChangeTextDocumentNotification.type, {
        textDocument: { uri, version: ++this.#version },
        contentChanges: [{ range: { start: { line: 0, character: 0 }, end: endOf(before) }, text }],
      });
    }
    this.#texts.set(name, text);
    return { textDocument: { uri }, position: endOf(text.slice(0, Math.max(0, at))) };
  }

  /** Waits until the problems of a file are as wanted; each as `line:from-to severity code: message`. */
  async problems(name: string, isWanted: (lines: readonly string[]) => boolean): Promise<string[]> {
    const signal = AbortSignal.timeout(15_000);
    for (;;) {
      const lines = (this.#problems.get(this.uri(name)) ?? []).map(lineOf).sort();
      if (this.#problems.has(this.uri(name)) && isWanted(lines)) return lines;
      if (signal.aborted) throw new Error(`${name} has other problems than wanted: ${lines.join('\n')}`);
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#waiting.add(wake);
        signal.addEventListener('abort', wake);
      });
    }
  }

  async labels(name: string, marked: string): Promise<string[]> {
    const found = await this.connection.sendRequest(protocol.CompletionRequest.type, await this.type(name, marked));
    return (Array.isArray(found) ? found : []).map(({ label }) => label);
  }

  async hover(name: string, marked: string): Promise<string> {
    const found = await this.connection.sendRequest(protocol.HoverRequest.type, await this.type(name, marked));
    return protocol.MarkupContent.is(found?.contents) ? found.contents.value : '';
  }

  async places(name: string, marked: string): Promise<string[]> {
    const found = await this.connection.sendRequest(protocol.DefinitionRequest.type, await this.type(name, marked));
    const locations = Array.isArray(found) ? found.filter((each) => protocol.Location.is(each)) : [];
    return locations.map(({ uri, range }) => `${uri.slice(this.uri('.').length + 1)}:${range.start.line + 1}`);
  }

  /** Ends as an editor does. */
  async shutDown(): Promise<number | null> {
    await this.connection.sendRequest(protocol.ShutdownRequest.type);
    const ended = once(this.process, 'exit');
    await this.connection.sendNotification(protocol.ExitNotification.type);
    await ended;
    return this.process.exitCode;
  }

  async close(): Promise<void> {
    this.connection.dispose();
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, 'exit');
      this.process.kill('SIGKILL');
      await ended;
    }
    await rm(this.directory, { recursive: true });
  }
}

function endOf(text: string): protocol.Position {
  const lines = text.split('\n');
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

function lineOf({ range, severity, code, message }: protocol.Diagnostic): string {
  const level = severity === 1 ? 'error' : severity === 2 ? 'warning' : 'info';
  const [firstLine] = (typeof message === 'string' ? message : message.value).split('\n');
  return `${range.start.line + 1}:${range.start.character}-${range.end.character} ${level} ${code}: ${firstLine}`;
}

const VALUES = '# -- How many\nreplicas: 2\nimage:\n  repository: nginx\n  # Which one\n  tag: ""\nextra: {}\n';
const TEMPLATE =
  'kind: A\nmetadata: {name: a}\nreplicas: {{ int .Values.replicas }}\n{{- with .Values.image }}\nimage: "{{ .repository }}:{{ .tag }}"\n{{- end }}\nlabels: {{ include "web.labels" . | nindent 2 }}\nextra: {{ toJson .Values.extra }}\nsize: {{ .Values.store.size }}\n';

const CHART = {
  'web/Chart.yaml':
    'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: db, version: 1.x, repository: "", alias: store}\n',
  'web/values.yaml': VALUES,
  'web/templates/_helpers.tpl':
    '{{/* What all objects have */}}\n{{ define "web.labels" }}app: {{ .Chart.Name }}{{ end }}\n',
  'web/templates/a.yaml': TEMPLATE,
  'web/charts/database/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.2.0\n',
  'web/charts/database/values.yaml': 'size: 1\n',
  'web/charts/database/templates/b.yaml': 'kind: B\nsize: {{ .Values.size }}\n',
};

const clean = (lines: readonly string[]): boolean => lines.length === 0;
const any = (lines: readonly string[]): boolean => lines.length > 0;

let editor: Editor;
before(async () => {
  editor = await Editor.start(CHART);
});
after(() => editor.close());

test('values files: YAML, schema, types, unknown keys, words that YAML reads otherwise', {
  timeout: 20_000,
}, async () => {
  await editor.type('web/values.yaml', 'replicas: 2\nimage: a: b\n');
  assert.deepEqual(await editor.problems('web/values.yaml', any), [
    '2:0-11 error yaml: yaml: line 2: mapping values are not allowed in this context',
  ]);
  await editor.type('web/values.yaml', `${VALUES}big: 1000000\non: 1\n`);
  assert.deepEqual(await editor.problems('web/values.yaml', (lines) => lines.length > 2), [
    '8:0-12 info unused-value: big is not used by any template',
    '8:0-12 warning large-number: big: 1000000 prints as 1e+06 in templates; quote it, use "| int64", or render with --strict-numbers',
    '9:0-5 info unused-value: true is not used by any template',
    '9:0-5 warning boolean-key: the key on becomes true; write "on"',
  ]);
  await editor.type('web/values.yaml', VALUES);
  await editor.type('prod.yaml', 'replicas: many\nimage:\n  tga: v1\nstore:\n  size: 3\n');
  assert.deepEqual(await editor.problems('prod.yaml', any), [
    '1:0-8 warning schema: got string, want integer',
    '3:2-5 warning unknown-key: the chart has image.tag, you wrote image.tga',
  ]);
  assert.deepEqual(editor.registered, ['workspace/didChangeWatchedFiles']);
  await editor.write({ 'web/values.schema.json': '{"properties": {"replicas": {"maximum": 3}}}' });
  await editor.connection.sendNotification(protocol.DidChangeWatchedFilesNotification.type, {
    changes: [{ uri: editor.uri('web/values.schema.json'), type: protocol.FileChangeType.Created }],
  });
  await editor.type('prod.yaml', 'replicas: 5\n');
  assert.deepEqual(await editor.problems('prod.yaml', (lines) => lines.length === 1), [
    '1:0-8 error schema: maximum: got 5, want 3',
  ]);
  await rm(join(editor.directory, 'web/values.schema.json'));
  await editor.connection.sendNotification(protocol.DidChangeWatchedFilesNotification.type, {
    changes: [{ uri: editor.uri('web/values.schema.json'), type: protocol.FileChangeType.Deleted }],
  });
  await editor.problems('prod.yaml', clean);
});

test('templates: syntax, failing renders, values that nobody declares', { timeout: 20_000 }, async () => {
  await editor.type('web/templates/a.yaml', 'kind: A\nx: {{ nofunc 1 }}\n');
  assert.deepEqual(await editor.problems('web/templates/a.yaml', any), [
    '2:6-12 error template: function "nofunc" not defined',
  ]);
  await editor.type('web/templates/a.yaml', 'kind: A\nx: {{ if true }}\n');
  assert.deepEqual(await editor.problems('web/templates/a.yaml', (lines) => lines[0]?.includes('EOF') === true), [
    '2:0-16 error template: unexpected EOF',
  ]);
  await editor.type('web/templates/a.yaml', 'kind: A\nx: "é" # {{ .Values.image.pull.policy }}\n');
  assert.deepEqual(await editor.problems('web/templates/a.yaml', (lines) => lines[0]?.includes('nil') === true), [
    '2:12-37 error render: nil pointer evaluating interface {}.policy',
    "2:12-37 info undeclared-value: image.pull is used, but values.yaml doesn't have it",
  ]);
  await editor.type('web/templates/a.yaml', 'kind: A\nx: {{ .Values.image.tga }}\ny: {{ .Values.replicas }}\n z: 1\n');
  assert.deepEqual(await editor.problems('web/templates/a.yaml', (lines) => lines[0]?.includes('tga') === true), [
    "2:6-23 warning undeclared-value: image.tga is used, but values.yaml doesn't have it; did you mean image.tag?",
    '4:1-5 error render: yaml: line 4: mapping values are not allowed in this context',
  ]);
  // What users must set is no error, and keys take no time.
  await editor.type(
    'web/templates/a.yaml',
    `${TEMPLATE}k: {{ required "no" .Values.extra.k }}{{ (genCA "a" 1).Cert | len }}\n`,
  );
  await editor.problems('web/templates/a.yaml', clean);
});

test('completion in values files and in templates', { timeout: 20_000 }, async () => {
  assert.deepEqual(await editor.labels('prod.yaml', '¦'), ['replicas', 'image', 'extra', 'store', 'global']);
  assert.deepEqual(await editor.labels('prod.yaml', 'image:\n  repository: x\n  t¦'), ['tag']);
  assert.deepEqual(await editor.labels('prod.yaml', 'a: [\nstore:\n  ¦\nimage: {}\n'), ['size', 'global']);
  const labels = (text: string): Promise<string[]> => editor.labels('web/templates/a.yaml', text);
  assert.deepEqual(await labels('a: {{ .Values.image.¦'), ['repository', 'tag']);
  assert.deepEqual(await labels('a: {{ $.Values.im¦ }}\nb: 1\n'), ['replicas', 'image', 'extra', 'store', 'global']);
  assert.deepEqual(await labels('{{ with .Values.image }}{{ .¦ }}{{ end }}'), ['repository', 'tag']);
  assert.deepEqual(await labels('{{ $x := .Values.image }}{{ if $x.t¦ }}'), ['repository', 'tag']);
  assert.deepEqual(await labels('{{ $x := .Values.image }}{{ $¦ }}'), ['$', '$x']);
  assert.ok((await labels('{{ .Release.¦ }}')).includes('Namespace'));
  assert.ok((await labels('{{ .Chart.¦ }}')).includes('AppVersion'));
  assert.ok((await labels('{{ .¦ }}')).includes('Capabilities'));
  assert.deepEqual(await labels('{{ include "web¦ }}'), ['web.labels']);
  const words = await labels('{{ .Values.image | nin¦ }}');
  assert.ok(words.includes('nindent') && words.includes('toYaml') && words.includes('include'));
  assert.deepEqual(await labels('a: .¦'), []);
  assert.deepEqual(await labels('{{ printf "a.¦ }}'), []);
  // A chart inside, seen from its own templates.
  assert.deepEqual(await editor.labels('web/charts/database/templates/b.yaml', '{{ .Values.¦ }}'), ['size', 'global']);
  await editor.type('web/charts/database/templates/b.yaml', CHART['web/charts/database/templates/b.yaml']);
  await editor.type('web/templates/a.yaml', TEMPLATE);
});

test('hover and definition', { timeout: 20_000 }, async () => {
  assert.equal(
    await editor.hover('prod.yaml', 'image:\n  ta¦g: v1\n'),
    '**image.tag**: string or number\n\nWhich one\n\nDefault: `""`\n\nDeclared in values.yaml:6:3\n\nUsed by\n- templates/a.yaml:5:30',
  );
  assert.match(await editor.hover('prod.yaml', 'sto¦re: {size: 2}\n'), /^\*\*store\*\*: object/);
  assert.deepEqual(await editor.places('prod.yaml', 'store:\n  si¦ze: 2\n'), ['web/charts/database/values.yaml:1']);
  const [hover, places] = [
    (from: string, to: string) => editor.hover('web/templates/a.yaml', TEMPLATE.replace(from, to)),
    (from: string, to: string) => editor.places('web/templates/a.yaml', TEMPLATE.replace(from, to)),
  ];
  assert.match(await hover('.tag', '.ta¦g'), /^\*\*image\.tag\*\*: string or number/);
  assert.match(await hover('.image', '.im¦age'), /^\*\*image\*\*: object/);
  assert.match(await hover('nindent', 'nin¦dent'), /^`nindent INT TEXT`\n\nnindent COLUMNS TEXT: a line break/);
  assert.equal(
    await hover('web.labels', 'web.¦labels'),
    '`define "web.labels"` in templates/\\_helpers.tpl:2\n\nWhat all objects have'.replace('\\', ''),
  );
  assert.deepEqual(await places('.tag', '.ta¦g'), ['web/values.yaml:6']);
  assert.deepEqual(await places('web.labels', 'web.¦labels'), ['web/templates/_helpers.tpl:2']);
  assert.deepEqual(await places('.store.size', '.store.si¦ze'), ['web/charts/database/values.yaml:1']);
  assert.deepEqual(await places('kind', 'ki¦nd'), []);
});

test('a chart that is broken or hostile leaves the server alive', { timeout: 60_000 }, async () => {
  const hostile: Record<string, string> = {
    'templates/a.yaml': '{{ range until 9000000 }}{{ range until 9000000 }}x{{ end }}{{ end }}',
    'templates/b.yaml': '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
    'templates/c.yaml': '{{ "(".repeat }}{{ repeat 1000000000 "a" }}',
    'templates/d.yaml': `${'{{ if true }}'.repeat(2000)}`,
    'templates/e.yaml': `{{ ${'('.repeat(5000)} }}`,
    'values.yaml': `a: ${'['.repeat(5000)}`,
    'prod.yaml':
      'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c]\n',
    'values.schema.json': '{"properties": {"a": {"$ref": "#/properties/a"}, "b": {"pattern": "(x+x+)+y"}}}',
    'Chart.yaml': '{{{',
  };
  await editor.write({ 'bad/Chart.yaml': 'apiVersion: v2\nname: bad\nversion: 1.0.0\n' });
  for (const [name, text] of Object.entries(hostile)) {
    await editor.type(`bad/${name}`, text);
    const file = name === 'values.schema.json' ? 'prod.yaml' : name;
    await editor.problems(`bad/${file}`, any);
    await editor.type(`bad/${name}`, name === 'values.yaml' ? 'a: 1\nb: xx\n' : '');
  }
  assert.deepEqual(await editor.labels('web/templates/a.yaml', '{{ .Values.image.¦'), ['repository', 'tag']);
  assert.equal(await editor.hover('none/x.yaml', 'a¦: 1'), '');
  await assert.rejects(editor.connection.sendRequest('textDocument/nonsense', {}), /Unhandled method/);
});

test('an ordinary chart is checked within 100 ms of a change', { timeout: 20_000 }, async () => {
  const times: number[] = [];
  for (let round = 0; round < 10; round++) {
    const started = performance.now();
    await editor.type('web/templates/a.yaml', `${TEMPLATE}# ${round} {{ nofunc${round} }}`);
    await editor.problems('web/templates/a.yaml', (lines) => lines[0]?.includes(`nofunc${round}`) === true);
    times.push(performance.now() - started);
  }
  // The fastest of them: other work on the machine is not what this is about.
  assert.ok(Math.min(...times) < 100, `took ${times.join()} ms`);
});

test('shuts down when asked, and ends when its editor is gone', { timeout: 20_000 }, async () => {
  const other = await Editor.start({});
  assert.equal(await other.shutDown(), 0);
  await other.close();
  const ended = once(editor.process, 'exit');
  editor.process.stdin?.end();
  await ended;
  assert.equal(editor.process.exitCode, 1);
});
