/**
 * Runs plugins that are WebAssembly modules (`runtime: extism/v1`): in a thread of their own, which sees a memory with a
 * limit, the hosts and the directory that its plugin.yaml asks for, and nothing else of the machine.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { proxyFromEnvironment } from '@kindred/client';
import { errorText } from '@kindred/machinery';
import { ChartError } from '../../chart/chart.ts';
import { quote } from '../../go/quote.ts';
import { HttpClient } from '../../http/http-client.ts';
import type { Plugin } from '../plugin.ts';
import type { PluginEnvironment } from '../plugin-process.ts';
import { limitMemory, overLimit } from './limit-memory.ts';
import { moduleRequests } from './module-requests.ts';
import type { WasmSettings } from './wasm-settings.ts';
import { type WasmModule, webAssembly } from './web-assembly.ts';
import type { RequestOutcome, WasmJob, WorkerMessage } from './worker-messages.ts';

export interface WasmOptions {
  /** What the module sees as its environment. */
  readonly environment: PluginEnvironment;
  readonly signal: AbortSignal;
  /** May read the standard input of the process. */
  readonly readsInput: boolean;
  readonly output: (data: Uint8Array) => void;
  readonly errors: (data: Uint8Array) => void;
}

export interface WasmResult {
  readonly code: number;
  /** What the entry answered, which should be JSON. */
  readonly output: Uint8Array;
}

const PAGE = 64 * 1024;
/** What helm's runtime needs beside the module. */
const KERNEL_PAGES = 16;
/** For blocks that module and host hand each other, when the plugin sets no limit. */
const KERNEL_BYTES = 256 * 1024 * 1024;

/** Throws ChartError for a module that can't run, fails, or takes too long. @param message is sent as JSON */
export async function runWasm(plugin: Plugin, message: unknown, options: WasmOptions): Promise<WasmResult> {
  const { wasm } = plugin;
  if (wasm === undefined) throw new ChartError(`plugin ${quote(plugin.name)} is no WebAssembly module`);
  const wanted = wasm.hostFunctions[0];
  if (wanted !== undefined) throw new ChartError(`plugin requested host function ${quote(wanted)} not found`);
  const module = await compile(join(plugin.directory, 'plugin.wasm'), wasm);
  const temporary = wasm.createTempDir ? await mkdtemp(join(tmpdir(), 'helm-plugin-')) : undefined;
  const { port1, port2 } = new MessageChannel();
  try {
    const job: WasmJob = {
      module,
      entry: wasm.entry,
      input: Buffer.from(JSON.stringify(message)),
      config: wasm.config,
      environment: Object.fromEntries(
        Object.entries(options.environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
      temporary,
      readsInput: options.readsInput,
      maxKernelBytes: wasm.maxPages === undefined ? KERNEL_BYTES : wasm.maxPages * PAGE,
      maxVarBytes: wasm.maxVarBytes,
      port: port2,
      flag: new SharedArrayBuffer(4),
    };
    return await runJob(job, port1, wasm, options);
  } finally {
    port1.close();
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  }
}

async function compile(path: string, { maxPages }: WasmSettings): Promise<WasmModule> {
  const problem = 'failed to create existing plugin:';
  const bytes = await readFile(path);
  if (maxPages !== undefined && maxPages < KERNEL_PAGES) {
    throw new ChartError(`${problem} instantiating extism module: ${overLimit(KERNEL_PAGES, maxPages)}`);
  }
  try {
    const module = maxPages === undefined ? bytes : limitMemory(bytes, maxPages);
    return await webAssembly.compile(Uint8Array.from(module));
  } catch (error) {
    throw new ChartError(`${problem} ${errorText(error)}`, { cause: error });
  }
}

/** In a bundle the thread's program lies beside it, under a name of its own. */
function workerUrl(): URL {
  const bundled = new URL('./wasm-worker.mjs', import.meta.url);
  return existsSync(bundled) ? bundled : new URL('./worker.js', import.meta.url);
}

async function runJob(job: WasmJob, port: MessagePort, wasm: WasmSettings, options: WasmOptions): Promise<WasmResult> {
  const over = new AbortController();
  const stop = (why: string): void => over.abort(new ChartError(`plugin error: ${why}`));
  options.signal.addEventListener('abort', () => stop('context canceled'), { once: true, signal: over.signal });
  const http = new HttpClient({ proxy: proxyFromEnvironment(options.environment) });
  const requests = moduleRequests(wasm, http, over.signal);
  // Node warns on standard error that its WASI is experimental; the module's own words come as messages.
  const worker = new Worker(workerUrl(), { workerData: job, transferList: [job.port], stderr: true, stdout: true });
  try {
    return await new Promise<WasmResult>((resolve, reject) => {
      over.signal.addEventListener('abort', () => reject(over.signal.reason), { once: true });
      if (options.signal.aborted) stop('context canceled');
      worker.once('error', (error) => reject(new ChartError(`plugin error: ${errorText(error)}`, { cause: error })));
      worker.once('exit', () => reject(new ChartError('plugin error: the module ended without an answer')));
      worker.on('message', (message: WorkerMessage) => {
        switch (message.kind) {
          case 'start':
            return startTimer(wasm.timeout, stop);
          case 'output':
          case 'errors':
            return options[message.kind](message.data);
          case 'log':
            // Helm shows them when it debugs.
            return undefined;
          case 'request':
            return void requests(message.request).then((outcome) => hand(outcome, job, port));
          case 'end':
            return message.error === undefined
              ? resolve({ code: message.code, output: message.output })
              : reject(new ChartError(`plugin error: ${message.error}`));
          default:
            return reject(new ChartError(`${PROBLEMS[message.step]}: ${message.problem}`));
        }
      });
    });
  } finally {
    over.abort();
    await worker.terminate();
    http.close();
  }
}

/** What a thread needs to begin is no time of the module's. */
function startTimer(milliseconds: number, stop: (why: string) => void): void {
  if (milliseconds === 0) return;
  const timeout = AbortSignal.timeout(milliseconds);
  timeout.addEventListener('abort', () => stop('module closed with context deadline exceeded'), { once: true });
}

const PROBLEMS = { create: 'failed to create existing plugin', call: 'plugin error' } as const;

/** Raises the flag that the module's thread waits for, when the answer is there for it to take. */
function hand(outcome: RequestOutcome, { flag }: WasmJob, port: MessagePort): void {
  port.postMessage(outcome);
  const raised = new Int32Array(flag);
  Atomics.store(raised, 0, 1);
  Atomics.notify(raised, 0);
}
