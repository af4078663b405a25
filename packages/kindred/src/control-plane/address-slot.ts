/**
 * Platforms side by side on one machine share its network: each takes a slot, from which all its address ranges follow
 * (cluster-settings.ts). A slot is held by a listener on loopback, which the kernel closes however the process ends.
 */

import { readFile, writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import { hasErrorCode } from '@kindred/machinery';
import type { DataDirectory } from '../data-directory/data-directory.ts';
import { Fault } from '../fault.ts';

/** So many platforms fit on one machine. */
const addressSlots = 32;

export interface AddressSlot {
  /** From 0. */
  readonly number: number;
  /** Lets another platform take it. */
  release(): Promise<void>;
}

export interface SlotHolder {
  /** Where slot `number` is claimed. Tests use addresses of their own. */
  readonly address: (number: number) => { readonly host: string; readonly port: number };
}

/** The first address of the slot's plain pod range, which no pod gets. */
const loopback: SlotHolder = { address: (number) => ({ host: `127.244.${number}.1`, port: 10_244 }) };

/**
 * Takes the slot that this data directory used last, or the first that is free when there is none or it is taken.
 * Addresses that were given out before are moved then (move-services.ts).
 *
 * Errors: KND_ADDRESSES_TAKEN, when all slots are taken.
 */
export async function takeAddressSlot(directory: DataDirectory, holder: SlotHolder = loopback): Promise<AddressSlot> {
  const file = directory.at('address-slot');
  const used = await readSlot(file);
  const all = Array.from({ length: addressSlots }, (_, index) => index);
  for (const number of used === undefined ? all : [used, ...all]) {
    const server = await claim(holder, number);
    if (server === undefined) continue;
    if (number !== used) await writeFile(file, `${number}\n`, { mode: 0o600 });
    return { number, release: () => new Promise((resolve) => server.close(() => resolve())) };
  }
  throw new Fault(
    'KND_ADDRESSES_TAKEN',
    `All ${addressSlots} address ranges are taken by other Kindreds on this machine`,
    'Stop one of them.',
  );
}

/** A listener; undefined when another process has the slot. */
function claim(holder: SlotHolder, number: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  // The platform ends when its work is done, not when this is closed.
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      // Only Linux has all of 127.0.0.0/8. Elsewhere pods are told of no such addresses either.
      else if (error.code === 'EADDRNOTAVAIL') resolve(server);
      else reject(error);
    });
    server.listen({ ...holder.address(number), exclusive: true }, () => resolve(server));
  });
}

/** undefined at the first start, or when the note is unreadable. */
async function readSlot(file: string): Promise<number | undefined> {
  try {
    const number = Number.parseInt(await readFile(file, 'utf8'), 10);
    return number >= 0 && number < addressSlots ? number : undefined;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
