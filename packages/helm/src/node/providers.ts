/** What the functions of templates need from a Node process: its clock, its zone, its cryptography. */
import type { FunctionProviders } from '../functions/function-table.ts';
import { nodeCrypto } from './node-crypto.ts';

/** For programs; tests give a clock that stands still. */
export function nodeProviders(): FunctionProviders {
  const started = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
  let zone: string | undefined;
  return {
    time: {
      now: () => started + process.hrtime.bigint(),
      // Asked for only when a template formats a time: what it takes to know is a quarter of a small render.
      get timeZone() {
        zone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
        return zone;
      },
    },
    crypto: nodeCrypto,
  };
}
