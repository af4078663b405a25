/** What the thread of a module and its owner say to each other. */
import type { MessagePort } from 'node:worker_threads';
import type { LogLevel, PluginAnswer, PluginRequest } from './plugin-kernel.ts';
import type { WasmModule } from './web-assembly.ts';

export interface WasmJob {
  readonly module: WasmModule;
  readonly entry: string;
  readonly input: Uint8Array;
  readonly config: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** What it sees as /tmp. */
  readonly temporary: string | undefined;
  /** May read the standard input of the process. */
  readonly readsInput: boolean;
  readonly maxKernelBytes: number;
  readonly maxVarBytes: number;
  /** Answers of hosts come over it, after its owner has raised the flag. */
  readonly port: MessagePort;
  /** One Int32. */
  readonly flag: SharedArrayBuffer;
}

export type WorkerMessage =
  /** The entry is about to be called. */
  | { readonly kind: 'start' }
  | { readonly kind: 'output' | 'errors'; readonly data: Uint8Array }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly message: string }
  | { readonly kind: 'request'; readonly request: PluginRequest }
  | { readonly kind: 'end'; readonly code: number; readonly output: Uint8Array; readonly error: string | undefined }
  | { readonly kind: 'failed'; readonly step: 'create' | 'call'; readonly problem: string };

export type RequestOutcome = { readonly answer: PluginAnswer } | { readonly problem: string };
