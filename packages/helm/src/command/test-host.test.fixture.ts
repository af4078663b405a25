/** A host in memory for tests of commands: what was written, a clock that stands still. */
import { ManualClock } from '@kindred/machinery';
import type { Host, OutputStream } from './host.ts';

export interface TestHost extends Host {
  readonly clock: ManualClock;
  readonly said: { readonly output: string[]; readonly errors: string[] };
}

export function testHost(environment: Host['environment'] = {}): TestHost {
  const said = { output: [] as string[], errors: [] as string[] };
  const sink = (parts: string[]): OutputStream => ({
    write: (text) => parts.push(typeof text === 'string' ? text : Buffer.from(text).toString()),
    isTerminal: false,
  });
  return {
    streams: {
      input: { read: async () => new Uint8Array(), isTerminal: false },
      output: sink(said.output),
      errors: sink(said.errors),
    },
    environment,
    directory: '/',
    program: 'helm',
    clock: new ManualClock(0),
    signal: new AbortController().signal,
    said,
  };
}
