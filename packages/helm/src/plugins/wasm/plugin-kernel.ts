/**
 * What a module finds under `extism:host/env`: a memory beside its own in which it and its host hand each other blocks of
 * bytes, its input, output and error, settings, variables, logs and requests (Extism documentation, "Kernel functions").
 */

export interface KernelOptions {
  readonly input: Uint8Array;
  readonly config: Readonly<Record<string, string>>;
  /** Bytes of all blocks together. */
  readonly maxBytes: number;
  /** Bytes of all variables together. */
  readonly maxVarBytes: number;
  readonly log: (level: LogLevel, message: string) => void;
  /** Asks a host, and waits for its answer. Throws what the plugin fails with. */
  readonly request: (request: PluginRequest) => PluginAnswer;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** @property text JSON with `url`, `method` and `headers` */
export interface PluginRequest {
  readonly text: string;
  readonly body: Uint8Array | undefined;
}

export interface PluginAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Offsets: the first bytes stand for nothing. */
const NOTHING = 0n;
const FIRST = 16;

export class PluginKernel {
  readonly #options: KernelOptions;
  readonly #lengths = new Map<number, number>();
  readonly #variables = new Map<string, Uint8Array>();
  readonly #input: number;
  #memory = new Uint8Array(64 * 1024);
  #end = FIRST;
  #output: Uint8Array = new Uint8Array();
  #error: string | undefined;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};

  constructor(options: KernelOptions) {
    this.#options = options;
    this.#input = this.#store(options.input);
  }

  get output(): Uint8Array {
    return this.#output;
  }

  /** What the module says that went wrong. */
  get error(): string | undefined {
    return this.#error;
  }

  /** The functions by name. */
  imports(): Readonly<Record<string, (...args: never[]) => unknown>> {
    const { log } = this.#options;
    const logAt = (level: LogLevel) => (offset: bigint) => log(level, this.#text(offset));
    return {
      alloc: (length: bigint) => BigInt(this.#allocate(Number(length))),
      free: (offset: bigint) => void this.#lengths.delete(Number(offset)),
      length: (offset: bigint) => BigInt(this.#lengths.get(Number(offset)) ?? 0),
      length_unsafe: (offset: bigint) => BigInt(this.#lengths.get(Number(offset)) ?? 0),
      load_u8: (offset: bigint) => this.#view().getUint8(Number(offset)),
      load_u64: (offset: bigint) => this.#view().getBigUint64(Number(offset), true),
      store_u8: (offset: bigint, value: number) => this.#view().setUint8(Number(offset), value),
      store_u64: (offset: bigint, value: bigint) => this.#view().setBigUint64(Number(offset), value, true),
      input_offset: () => BigInt(this.#input),
      input_length: () => BigInt(this.#options.input.length),
      input_load_u8: (index: bigint) => this.#view().getUint8(this.#input + Number(index)),
      input_load_u64: (index: bigint) => this.#view().getBigUint64(this.#input + Number(index), true),
      output_set: (offset: bigint, length: bigint) => {
        this.#output = this.#bytes(Number(offset), Number(length));
      },
      error_set: (offset: bigint) => {
        this.#error = offset === NOTHING ? undefined : this.#text(offset);
      },
      config_get: (key: bigint) => this.#storeMaybe(this.#config(this.#text(key))),
      var_get: (key: bigint) => this.#storeMaybe(this.#variables.get(this.#text(key))),
      var_set: (key: bigint, value: bigint) => this.#setVariable(this.#text(key), value),
      http_request: (request: bigint, body: bigint) => this.#request(request, body),
      http_status_code: () => this.#status,
      http_headers: () => this.#storeMaybe(Buffer.from(JSON.stringify(this.#headers))),
      log_trace: logAt('trace'),
      log_debug: logAt('debug'),
      log_info: logAt('info'),
      log_warn: logAt('warn'),
      log_error: logAt('error'),
      // All are wanted: who hears them decides.
      get_log_level: () => 0,
    };
  }

  #allocate(length: number): number {
    const offset = this.#end;
    const end = offset + Math.max(length, 0);
    if (end > this.#options.maxBytes) throw new Error('out of memory');
    if (end > this.#memory.length) {
      const larger = new Uint8Array(Math.min(this.#options.maxBytes, Math.max(end, this.#memory.length * 2)));
      larger.set(this.#memory);
      this.#memory = larger;
    }
    this.#end = Math.ceil(end / 8) * 8;
    this.#lengths.set(offset, length);
    return offset;
  }

  #store(bytes: Uint8Array): number {
    const offset = this.#allocate(bytes.length);
    this.#memory.set(bytes, offset);
    return offset;
  }

  #storeMaybe(bytes: Uint8Array | undefined): bigint {
    return bytes === undefined ? NOTHING : BigInt(this.#store(bytes));
  }

  #view(): DataView {
    return new DataView(this.#memory.buffer);
  }

  #bytes(offset: number, length: number): Uint8Array {
    if (offset < 0 || length < 0 || offset + length > this.#memory.length)
      throw new Error('out of bounds memory access');
    return this.#memory.slice(offset, offset + length);
  }

  #block(offset: bigint): Uint8Array {
    return this.#bytes(Number(offset), this.#lengths.get(Number(offset)) ?? 0);
  }

  #text(offset: bigint): string {
    return Buffer.from(this.#block(offset)).toString('utf8');
  }

  #config(key: string): Uint8Array | undefined {
    const value = Object.hasOwn(this.#options.config, key) ? this.#options.config[key] : undefined;
    return value === undefined ? undefined : Buffer.from(value);
  }

  #setVariable(key: string, value: bigint): void {
    if (value === NOTHING) {
      this.#variables.delete(key);
      return;
    }
    const bytes = this.#block(value);
    const others = [...this.#variables].reduce((sum, [name, each]) => sum + (name === key ? 0 : each.length), 0);
    if (others + bytes.length > this.#options.maxVarBytes) throw new Error('Variable store is full');
    this.#variables.set(key, bytes);
  }

  #request(request: bigint, body: bigint): bigint {
    const answer = this.#options.request({
      text: this.#text(request),
      body: body === NOTHING ? undefined : this.#block(body),
    });
    this.#status = answer.status;
    this.#headers = answer.headers;
    return this.#storeMaybe(answer.body);
  }
}
