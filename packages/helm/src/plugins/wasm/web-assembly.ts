/** The part of Node's `WebAssembly` that is used here: its types come with those of browsers only, which aren't. */

/** Compiled; may be handed to a thread. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: 'WebAssembly.Module';
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

type WasmImports = Readonly<Record<string, Readonly<Record<string, (...args: never[]) => unknown>>>>;

interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  instantiate(module: WasmModule, imports: WasmImports): Promise<WasmInstance>;
  readonly Memory: new () => WasmMemory;
  readonly RuntimeError: new () => Error;
  readonly LinkError: new () => Error;
}

// Node has it, whatever TypeScript knows of it.
export const webAssembly = Reflect.get(globalThis, 'WebAssembly') as WebAssemblyApi;
