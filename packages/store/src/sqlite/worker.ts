/**
 * The worker thread's entry: owns the database connection, so that no disk write ever blocks the main thread. Everything
 * that arrives while a commit is under way goes into the next one.
 */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { CommitGroup, wireError } from './commit-group.ts';
import { type Database, openDatabase } from './database.ts';
import { noteHolder, readHolder, removeNote } from './directory-lock.ts';
import {
  type PackedRequests,
  type ResultMessage,
  unpackRequests,
  type WireRequest,
  type WorkerOptions,
} from './protocol.ts';
import { checkHeader, prepareDatabase } from './schema.ts';
import { toStoreError } from './sqlite-error.ts';
import { SqliteState } from './sqlite-state.ts';

if (parentPort !== null) {
  // The main side starts this thread with exactly these data.
  start(parentPort, workerData as WorkerOptions);
}

function start(port: MessagePort, options: WorkerOptions): void {
  const { file, maxBytes } = options;
  let database: Database | undefined;
  try {
    createFile(file);
    database = openDatabase(file);
    prepareDatabase(database, file, maxBytes);
    noteHolder(file, process.pid);
    const state = new SqliteState(database);
    post(port, { type: 'open', revision: state.progress.revision, leases: state.leases() });
    serve(port, database, new CommitGroup(database, state, options), file);
  } catch (error) {
    database?.close();
    post(port, { type: 'failed', error: wireError(toStoreError(error, file, readHolder(file))) });
    port.close();
  }
}

/** Makes the directory and an empty file that only its owner may read: there are secrets in it. */
function createFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (existsSync(file)) {
    checkHeader(file);
    return;
  }
  writeFileSync(file, '', { mode: 0o600 });
  chmodSync(file, 0o600);
}

function serve(port: MessagePort, database: Database, group: CommitGroup, file: string): void {
  let sweeping = false;
  let closed = false;
  const sweep = (): void => {
    if (closed) return;
    sweeping = group.sweep();
    if (sweeping) setImmediate(sweep);
  };
  const wakeSweep = (): void => {
    if (sweeping) return;
    sweeping = true;
    setImmediate(sweep);
  };
  port.on('message', (first: PackedRequests) => {
    const messages = [first, ...waiting(port)].map(unpackRequests);
    const answer = group.run(messages);
    port.postMessage(answer, answer.values === undefined ? [] : [answer.values.buffer]);
    const asked = (type: WireRequest['type']): boolean =>
      messages.some(({ requests }) => requests.some((request) => request.type === type));
    if (asked('compact')) wakeSweep();
    if (!asked('close')) return;
    closed = true;
    database.exec('PRAGMA optimize');
    database.close();
    removeNote(file);
    port.close();
  });
  wakeSweep();
}

function waiting(port: MessagePort): PackedRequests[] {
  const messages: PackedRequests[] = [];
  for (;;) {
    const next = receiveMessageOnPort(port);
    if (next === undefined) return messages;
    messages.push(next.message as PackedRequests);
  }
}

function post(port: MessagePort, message: ResultMessage): void {
  port.postMessage(message);
}
