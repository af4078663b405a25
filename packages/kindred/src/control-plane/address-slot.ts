/**
 * Platforms side by side on one machine share its network: each takes a slot, from which all its address ranges follow
 * (cluster-settings.ts). A slot is held by a listener on loopback, which the kernel closes however the process ends.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import { connect, createServer } from 'node:net';
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
const answerTimeout = 1_000;

/**
 * Takes the slot that this data directory has used before, since its Services have addresses from there, or at the first
 * start the first that is free.
 *
 * Errors: KND_ADDRESSES_TAKEN, when another platform uses the directory's slot, or all slots.
 */
export async function takeAddressSlot(directory: DataDirectory, holder: SlotHolder = loopback): Promise<AddressSlot> {
  const file = directory.at('address-slot');
  const used = await readSlot(file);
  const candidates = used === undefined ? Array.from({ length: addressSlots }, (_, index) => index) : [used];
  for (const number of candidates) {
    const server = await claim(holder, number);
    if (server === undefined) continue;
    if (used === undefined) await writeFile(file, `${number}\n`, { mode: 0o600 });
    return { number, release: () => new Promise((resolve) => server.close(() => resolve())) };
  }
  throw used === undefined ? allTaken() : await slotTaken(holder, used, directory.path);
}

/** A listener that tells who asks which process holds the slot; undefined when another process has it. */
function claim(holder: SlotHolder, number: number): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`${process.pid}\n`);
  });
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

async function slotTaken(holder: SlotHolder, number: number, path: string): Promise<Fault> {
  const pid = await askHolder(holder, number);
  return new Fault(
    'KND_ADDRESSES_TAKEN',
    `The address ranges that the data directory ${path} uses are taken by another Kindred on this machine (process ${pid})`,
    'Stop that process, or start with another --data-dir: a new one takes ranges that are free.',
  );
}

function allTaken(): Fault {
  return new Fault(
    'KND_ADDRESSES_TAKEN',
    `All ${addressSlots} address ranges are taken by other Kindreds on this machine`,
    'Stop one of them.',
  );
}

function askHolder(holder: SlotHolder, number: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(holder.address(number));
    let text = '';
    const finish = (): void => {
      socket.destroy();
      resolve(/^\d+$/.test(text.trim()) ? text.trim() : 'unknown');
    };
    socket.setTimeout(answerTimeout, finish);
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('error', finish).on('close', finish);
  });
}

/** undefined at the first start, and when the note is unreadable: then Services keep their addresses only by luck. */
async function readSlot(file: string): Promise<number | undefined> {
  try {
    const number = Number.parseInt(await readFile(file, 'utf8'), 10);
    return number >= 0 && number < addressSlots ? number : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
