/**
 * The pipes that a container writes its output to. Node.js gives children sockets where others give pipes, and a socket
 * cannot be opened by name: `echo … >/dev/stderr`, or nginx with its log at /dev/stdout, would fail. So these are named
 * pipes, whose names are removed as soon as both ends are open.
 */
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { mustRun } from '../platform/run-command.ts';

export interface OutputPipes {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when no process can write any more and everything has been read, or after `close`. */
  readonly ended: Promise<void>;
  /** Starts the child with these descriptors as its standard output and standard error; they are closed here. To be called once. */
  giveTo<T>(start: (stdout: number, stderr: number) => T): T;
  close(): void;
}

/** `directory` exists; nothing stays in it. */
export async function makeOutputPipes(directory: string): Promise<OutputPipes> {
  const [out, err] = [join(directory, 'stdout.pipe'), join(directory, 'stderr.pipe')];
  // Any user that the program runs as may open its own output anew.
  await mustRun('mkfifo', ['-m', '0666', out, err]);
  const [stdout, stderr] = [openPipe(out), openPipe(err)];
  const ends = [stdout, stderr].map(({ reader }) => new Promise<void>((resolve) => reader.once('close', resolve)));
  const close = () => {
    stdout.reader.destroy();
    stderr.reader.destroy();
  };
  return {
    stdout: stdout.reader,
    stderr: stderr.reader,
    ended: Promise.all(ends).then(() => {}),
    close,
    giveTo(start) {
      try {
        return start(stdout.writeEnd, stderr.writeEnd);
      } catch (error) {
        close();
        throw error;
      } finally {
        closeSync(stdout.writeEnd);
        closeSync(stderr.writeEnd);
      }
    },
  };
}

function openPipe(path: string): { reader: Readable; writeEnd: number } {
  // The reader first, without waiting for a writer; the other way round would wait for ever.
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY);
  rmSync(path);
  const reader = new Socket({ fd: readEnd, readable: true, writable: false });
  reader.on('error', () => reader.destroy());
  return { reader, writeEnd };
}
