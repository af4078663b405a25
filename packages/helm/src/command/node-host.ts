/** The host that a command runs on when it is the process: its streams, environment and signals. */
import { hostname } from 'node:os';
import { hasErrorCode, systemClock } from '@kindred/machinery';
import { toBytes } from '../go/bytes.ts';
import { CommandError } from './command-error.ts';
import type { Host, InputStream, OutputStream } from './host.ts';

export interface NodeHost {
  readonly host: Host;
  /** Waits until the output is written; what it could not be written for, such as a full disk. */
  flush(): Promise<Error | undefined>;
  /** Takes the signal handlers away again. */
  close(): void;
}

/** @param program its file, and the words that users call it by */
export function nodeHost({ program, invocation = ['helm'] }: Pick<Host, 'program' | 'invocation'>): NodeHost {
  const stopping = new AbortController();
  const stop = (): void => {
    // Asked twice, the user no longer wants to wait for the end.
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort(new CommandError('interrupted'));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  let problem: Error | undefined;
  const onOutputError = (error: Error): void => {
    // As `| head` does: everybody else would be ended by SIGPIPE, which Node ignores.
    if (hasErrorCode(error, 'EPIPE')) process.exit(141);
    problem = error;
  };
  process.stdout.on('error', onOutputError);
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
      invocation,
      // The nanosecond tells processes of one number apart; loading cryptography for it would delay every start.
      identity: `${hostname()}-${process.pid}-${process.hrtime.bigint().toString(36)}`,
      clock: systemClock,
      signal: stopping.signal,
    },
    flush: async () => {
      await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
      return problem;
    },
    close: () => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      process.stdout.off('error', onOutputError);
    },
  };
}

function outputStream(stream: NodeJS.WriteStream): OutputStream {
  return {
    write: (text) => {
      stream.write(typeof text === 'string' ? toBytes(text) : text);
    },
    isTerminal: stream.isTTY === true,
    stream,
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
    stream,
    ...(stream.isTTY ? { readSecret: (prompt: string) => readSecret(stream, prompt) } : {}),
  };
}

/** Reads a line in raw mode, in which the terminal shows nothing. */
async function readSecret(stream: NodeJS.ReadStream, prompt: string): Promise<string> {
  process.stderr.write(prompt);
  stream.setRawMode(true);
  let line = '';
  try {
    for await (const chunk of stream) {
      for (const letter of String(chunk)) {
        if (letter === '\r' || letter === '\n' || letter === '\u0004') return line;
        if (letter === '\u0003') throw new CommandError('interrupted');
        line = letter === '\u007f' ? line.slice(0, -1) : line + letter;
      }
    }
    return line;
  } finally {
    stream.setRawMode(false);
    process.stderr.write('\n');
  }
}
