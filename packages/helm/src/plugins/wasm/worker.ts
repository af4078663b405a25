/** The thread of a module: makes an instance of it, calls its entry, and ends. Its owner ends it when time is over. */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { WASI } from 'node:wasi';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { errorText } from '@kindred/machinery';
import { type PluginAnswer, PluginKernel, type PluginRequest } from './plugin-kernel.ts';
import { type WasmInstance, type WasmMemory, webAssembly } from './web-assembly.ts';
import type { RequestOutcome, WasmJob, WorkerMessage } from './worker-messages.ts';

/** The module ended its program by itself. */
class Exit {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

const say = (message: WorkerMessage): void => parentPort?.postMessage(message);

/** Functions of a module take and give what WebAssembly has: checked by the module's own types. */
type Callable = (...args: unknown[]) => unknown;

async function run(job: WasmJob): Promise<void> {
  const kernel = new PluginKernel({
    input: job.input,
    config: job.config,
    maxBytes: job.maxKernelBytes,
    maxVarBytes: job.maxVarBytes,
    log: (level, message) => say({ kind: 'log', level, message }),
    request: (request) => requested(job, request),
  });
  const nothing = openSync(devNull, 'r+');
  try {
    const wasi = makeWasi(job, nothing);
    const known: { memory?: WasmMemory | undefined } = {};
    const instance = await webAssembly.instantiate(job.module, {
      'extism:host/env': kernel.imports(),
      wasi_snapshot_preview1: withStreams(wasi, known),
    });
    known.memory = memoryOf(instance);
    const { memory } = known;
    const entry = instance.exports[job.entry];
    if (typeof entry !== 'function') {
      return say({ kind: 'failed', step: 'call', problem: `unknown function: ${job.entry}` });
    }
    // A library's own initialisation comes first, and the file system is made known.
    if (memory !== undefined) wasi.start({ exports: { memory, _start: () => undefined } });
    say({ kind: 'start' });
    say({ kind: 'end', code: called(instance, entry as Callable), output: kernel.output, error: kernel.error });
  } finally {
    closeSync(nothing);
  }
}

function called({ exports }: WasmInstance, entry: Callable): number {
  try {
    for (const name of ['_initialize', '__wasm_call_ctors']) {
      const initialize = exports[name];
      if (typeof initialize !== 'function') continue;
      (initialize as Callable)();
      break;
    }
    return Number(entry() ?? 0);
  } catch (error) {
    if (error instanceof Exit) return error.code;
    throw error;
  }
}

function memoryOf({ exports }: WasmInstance): WasmMemory | undefined {
  const memory = exports['memory'];
  return memory instanceof webAssembly.Memory ? memory : undefined;
}

function makeWasi({ environment, temporary, readsInput }: WasmJob, nothing: number): WASI {
  return new WASI({
    version: 'preview1',
    env: { ...environment },
    ...(temporary === undefined ? {} : { preopens: { '/tmp': temporary } }),
    stdin: readsInput ? 0 : nothing,
    stdout: nothing,
    stderr: nothing,
  });
}

/** What the module prints goes to its owner; an end of its program ends the call, not the process. */
function withStreams(
  wasi: WASI,
  known: { readonly memory?: WasmMemory | undefined },
): Record<string, (...args: never[]) => unknown> {
  // The functions of WASI by name, as its specification has them.
  const functions = wasi.wasiImport as Record<string, Callable>;
  const write = functions['fd_write'];
  return {
    ...functions,
    fd_write: (file: number, vectors: number, count: number, written: number): unknown => {
      const { memory } = known;
      if (memory === undefined || (file !== 1 && file !== 2)) return write?.(file, vectors, count, written);
      const data = gather(memory, vectors, count);
      say({ kind: file === 1 ? 'output' : 'errors', data });
      new DataView(memory.buffer).setUint32(written, data.length, true);
      return 0;
    },
    proc_exit: (code: number): never => {
      throw new Exit(code);
    },
  };
}

function gather({ buffer }: WasmMemory, vectors: number, count: number): Uint8Array {
  const view = new DataView(buffer);
  const parts = Array.from({ length: count }, (_, index) => {
    const at = vectors + index * 8;
    return new Uint8Array(buffer, view.getUint32(at, true), view.getUint32(at + 4, true));
  });
  return Uint8Array.from(Buffer.concat(parts));
}

/** The owner asks; the module can't go on before. */
function requested({ port, flag }: WasmJob, request: PluginRequest): PluginAnswer {
  const raised = new Int32Array(flag);
  Atomics.store(raised, 0, 0);
  say({ kind: 'request', request });
  Atomics.wait(raised, 0, 0);
  // Sent by the owner just before.
  const outcome = receiveMessageOnPort(port)?.message as RequestOutcome;
  if ('problem' in outcome) throw new Error(outcome.problem);
  return outcome.answer;
}

/** In the words of helm's runtime. */
function problemOf(error: unknown): string {
  if (error instanceof RangeError && /call stack/.test(error.message)) return 'wasm error: stack overflow';
  if (!(error instanceof webAssembly.RuntimeError)) return errorText(error);
  const known: Readonly<Record<string, string>> = {
    'memory access out of bounds': 'out of bounds memory access',
    'divide by zero': 'integer divide by zero',
  };
  return `wasm error: ${known[error.message] ?? error.message}`;
}

// Given by the owner, see `WasmJob`.
run(workerData as WasmJob).catch((error: unknown) => {
  const step = error instanceof webAssembly.LinkError ? 'create' : 'call';
  say({ kind: 'failed', step, problem: problemOf(error) });
});
