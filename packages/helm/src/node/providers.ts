/** What the functions of templates need from a Node process: its clock, its zone, its cryptography. */
import type { FunctionProviders } from '../functions/function-table.ts';
import { nodeCrypto } from './node-crypto.ts';

/** For programs; tests give a clock that stands still. */
export function nodeProviders(): FunctionProviders {
  const started = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
  return {
    time: {
      now: () => started + process.hrtime.bigint(),
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    },
    crypto: nodeCrypto,
  };
}
