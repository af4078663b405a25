/**
 * The Language Server Protocol (3.17) between an editor and a workspace: documents, positions and answers are translated
 * here, and only here. Whatever goes wrong with one request is said in its answer; the server goes on.
 */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { errorText } from '@kindred/machinery';
import * as protocol from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { completions, definitions, describe } from '../../language/chart-language.ts';
import type { Completion } from '../../language/completion.ts';
import type { Problem } from '../../language/problem.ts';
import { nodeProviders } from '../../node/providers.ts';
import { TemplateCache } from '../../template/template-cache.ts';
import type { CommandContext } from '../command.ts';
import { type OpenedFile, Workspace } from './workspace.ts';

export interface EditorStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Serves until the editor says `exit` or closes its end; gives the exit code. */
export async function serveEditor(
  { clock, log, signal }: Pick<CommandContext, 'clock' | 'log' | 'signal'>,
  { input, output }: EditorStreams,
): Promise<number> {
  const say = (message: string): void => log.warn(message);
  const connection = protocol.createProtocolConnection(input, output, { error: say, warn: say, info: say, log: say });
  const workspace = new Workspace({
    clock,
    // Of all files of a chart, an edit changes one.
    providers: { ...nodeProviders(), templates: new TemplateCache() },
    log: say,
    publish: (path, problems) => {
      const uri = pathToFileURL(path).href;
      const diagnostics = problems.map(diagnostic);
      connection
        .sendNotification(protocol.PublishDiagnosticsNotification.type, { uri, diagnostics })
        .catch(ignoreClosed);
    },
  });
  answerRequests(connection, workspace);
  keepDocuments(connection, workspace, say);
  const code = await untilExit(connection, input, signal);
  workspace.close();
  connection.dispose();
  return code;
}

/** Who closed its end wants to hear nothing more. */
function ignoreClosed(): void {}

/** 0 when the editor asked to shut down before. */
function untilExit(
  connection: protocol.ProtocolConnection,
  input: NodeJS.ReadableStream,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve) => {
    let code = 1;
    const end = (): void => resolve(code);
    connection.onRequest(protocol.ShutdownRequest.type, () => {
      code = 0;
    });
    connection.onNotification(protocol.ExitNotification.type, end);
    const endAfterRest = (): void => void afterTurns(LAST_TURNS).then(end);
    input.once('end', endAfterRest).once('close', endAfterRest);
    signal.addEventListener('abort', end, { once: true });
    connection.listen();
  });
}

/** The library handles a message in each turn; what an editor said before it closed its end is still heard. */
const LAST_TURNS = 50;

async function afterTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const CAPABILITIES: protocol.ServerCapabilities = {
  textDocumentSync: { openClose: true, change: protocol.TextDocumentSyncKind.Incremental, save: true },
  completionProvider: { triggerCharacters: ['.', '"', '$'] },
  hoverProvider: true,
  definitionProvider: true,
};

function answerRequests(connection: protocol.ProtocolConnection, workspace: Workspace): void {
  let watches = false;
  connection.onRequest(protocol.InitializeRequest.type, ({ capabilities }) => {
    watches = capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    return { capabilities: CAPABILITIES, serverInfo: { name: 'kindred helm' } };
  });
  connection.onNotification(protocol.InitializedNotification.type, () => {
    if (!watches) return;
    const registrations = [{ id: 'charts', method: 'workspace/didChangeWatchedFiles', registerOptions: WATCHED }];
    connection.sendRequest(protocol.RegistrationRequest.type, { registrations }).catch(ignoreClosed);
  });
  connection.onRequest(protocol.CompletionRequest.type, ({ textDocument, position }) =>
    answer(workspace, textDocument.uri, ({ project, file }) =>
      completions(project, file, position).map(completionItem),
    ),
  );
  connection.onRequest(protocol.HoverRequest.type, ({ textDocument, position }) =>
    answer(workspace, textDocument.uri, ({ project, file }) => {
      const found = describe(project, file, position);
      if (found === undefined) return null;
      return { range: found.range, contents: { kind: protocol.MarkupKind.Markdown, value: found.markdown } };
    }),
  );
  connection.onRequest(protocol.DefinitionRequest.type, ({ textDocument, position }) =>
    answer(workspace, textDocument.uri, ({ project, file, pathOf }) =>
      definitions(project, file, position).map((place) => ({
        uri: pathToFileURL(pathOf(place.file)).href,
        range: place.range,
      })),
    ),
  );
}

const WATCHED: protocol.DidChangeWatchedFilesRegistrationOptions = {
  watchers: [{ globPattern: '**/*.{yaml,yml,tpl,txt,json,lock,tgz}' }],
};

/** Null for what is no file of a chart. An error is answered as such and leaves the server as it is. */
async function answer<T>(workspace: Workspace, uri: string, ask: (opened: OpenedFile) => T): Promise<T | null> {
  const path = pathOf(uri);
  const opened = path === undefined ? undefined : await workspace.open(path);
  return opened === undefined ? null : ask(opened);
}

function keepDocuments(
  connection: protocol.ProtocolConnection,
  workspace: Workspace,
  say: (message: string) => void,
): void {
  const documents = new Map<string, TextDocument>();
  const tell = (work: Promise<void>): void => {
    work.catch((error: unknown) => say(errorText(error)));
  };
  const changed = (document: TextDocument): void => {
    documents.set(document.uri, document);
    const path = pathOf(document.uri);
    if (path !== undefined) tell(workspace.setText(path, document.getText()));
  };
  connection.onNotification(protocol.DidOpenTextDocumentNotification.type, ({ textDocument }) => {
    const { uri, languageId, version, text } = textDocument;
    changed(TextDocument.create(uri, languageId, version, text));
  });
  connection.onNotification(protocol.DidChangeTextDocumentNotification.type, ({ textDocument, contentChanges }) => {
    const document = documents.get(textDocument.uri);
    if (document !== undefined) changed(TextDocument.update(document, contentChanges, textDocument.version));
  });
  connection.onNotification(protocol.DidCloseTextDocumentNotification.type, ({ textDocument }) => {
    documents.delete(textDocument.uri);
    const path = pathOf(textDocument.uri);
    if (path !== undefined) tell(workspace.closeText(path));
  });
  const onDisk = (uris: readonly string[]): void => {
    tell(workspace.filesChanged(uris.map(pathOf).filter((path) => path !== undefined)));
  };
  connection.onNotification(protocol.DidSaveTextDocumentNotification.type, ({ textDocument }) =>
    onDisk([textDocument.uri]),
  );
  connection.onNotification(protocol.DidChangeWatchedFilesNotification.type, ({ changes }) =>
    onDisk(changes.map(({ uri }) => uri)),
  );
}

/** Undefined for what is on no disk. */
function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch (error) {
    // An address of another machine, or with a broken escape.
    if (error instanceof TypeError || error instanceof URIError) return undefined;
    throw error;
  }
}

const SEVERITIES = {
  error: protocol.DiagnosticSeverity.Error,
  warning: protocol.DiagnosticSeverity.Warning,
  info: protocol.DiagnosticSeverity.Information,
} as const;

function diagnostic({ range, severity, code, message }: Problem): protocol.Diagnostic {
  return { range, severity: SEVERITIES[severity], code, source: 'helm', message };
}

const KINDS = {
  value: protocol.CompletionItemKind.Property,
  field: protocol.CompletionItemKind.Field,
  function: protocol.CompletionItemKind.Function,
  keyword: protocol.CompletionItemKind.Keyword,
  template: protocol.CompletionItemKind.Reference,
  variable: protocol.CompletionItemKind.Variable,
} as const;

function completionItem({ label, kind, detail, documentation, range, text }: Completion): protocol.CompletionItem {
  return {
    label,
    kind: KINDS[kind],
    textEdit: { range, newText: text ?? label },
    ...(detail === undefined ? {} : { detail }),
    ...(documentation === undefined ? {} : { documentation }),
  };
}
