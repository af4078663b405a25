/** The host that a command runs on when it is the process: its streams, environment and signals. */
import { systemClock } from '@kindred/machinery';
import { toBytes } from '../go/bytes.ts';
import type { Host, InputStream, OutputStream } from './host.ts';

export interface NodeHost {
  readonly host: Host;
  /** Takes the signal handlers away again. */
  close(): void;
}

/** @param program how the program was called */
export function nodeHost(program: string): NodeHost {
  const stopping = new AbortController();
  const stop = (): void => {
    // Asked twice, the user no longer wants to wait for the end.
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return {
    host: {
      streams: {
        input: inputStream(process.stdin),
        output: outputStream(process.stdout),
        errors: outputStream(process.stderr),
      },
      environment: process.env,
      directory: process.cwd(),
      program,
      clock: systemClock,
      signal: stopping.signal,
    },
    close: () => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    },
  };
}

function outputStream(stream: NodeJS.WriteStream): OutputStream {
  return {
    write: (text) => {
      stream.write(typeof text === 'string' ? toBytes(text) : text);
    },
    isTerminal: stream.isTTY === true,
  };
}

function inputStream(stream: NodeJS.ReadStream): InputStream {
  return {
    read: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks);
    },
    isTerminal: stream.isTTY === true,
  };
}
