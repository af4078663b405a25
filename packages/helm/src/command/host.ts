/** The machine that a command runs on, as a parameter: streams, environment, time. Nothing else reads `process`. */
import type { Clock } from '@kindred/machinery';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface OutputStream {
  /** Text as the engine has it: a byte that is no UTF-8 stands as a lone surrogate (go/bytes.ts). */
  write(text: string | Uint8Array): void;
  readonly isTerminal: boolean;
  /** The stream itself, for a protocol. */
  readonly stream?: NodeJS.WritableStream;
}

export interface InputStream {
  /** Everything up to the end. */
  read(): Promise<Uint8Array>;
  readonly isTerminal: boolean;
  /** The stream itself, for a protocol. */
  readonly stream?: NodeJS.ReadableStream;
  /** One line from a terminal without showing what is typed; undefined when it is no terminal. */
  readonly readSecret?: (prompt: string) => Promise<string>;
}

export interface Streams {
  readonly input: InputStream;
  readonly output: OutputStream;
  readonly errors: OutputStream;
}

export interface Host {
  readonly streams: Streams;
  readonly environment: Environment;
  /** The working directory, absolute. */
  readonly directory: string;
  /** The program's file, for `helm env`. */
  readonly program: string;
  /** The words that users begin their command lines with, for completion in shells: `kindred helm`. `helm` when absent. */
  readonly invocation?: readonly string[];
  /** What no other process has, for leases on releases. */
  readonly identity?: string;
  readonly clock: Clock;
  /** Aborted when the user wants to stop (Ctrl-C). */
  readonly signal: AbortSignal;
}
