/** The bcrypt password hash (Provos and Mazières), cost 10, as sprig's bcrypt and htpasswd make it. */
import { FunctionError } from '../go/function-error.ts';
import { type BlowfishBoxes, blowfishBoxes } from './blowfish-boxes.ts';

const COST = 10;
const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const MAX_PASSWORD_BYTES = 72;

/** `$2a$10$…`; the salt has 16 bytes. */
export function bcryptHash(password: string, salt: Uint8Array, cost = COST): string {
  const bytes = new TextEncoder().encode(password);
  if (bytes.length > MAX_PASSWORD_BYTES) {
    return 'failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes';
  }
  if (salt.length !== 16) throw new FunctionError('bcrypt wants a salt of 16 bytes');
  const state = expandedState(Uint8Array.of(...bytes, 0), salt, cost);
  const words = [...'OrpheanBeholderScryDoubt'.matchAll(/..../g)].map(([four]) =>
    wordOf(new TextEncoder().encode(four), 0),
  );
  const out = new Uint8Array(24);
  for (let at = 0; at < 6; at += 2) {
    const pair = new Uint32Array([words[at] ?? 0, words[at + 1] ?? 0]);
    for (let n = 0; n < 64; n++) encipher(state, pair);
    new DataView(out.buffer).setUint32(at * 4, pair[0] ?? 0);
    new DataView(out.buffer).setUint32(at * 4 + 4, pair[1] ?? 0);
  }
  return `$2a$${String(cost).padStart(2, '0')}$${encode(salt)}${encode(out.subarray(0, 23))}`;
}

function expandedState(key: Uint8Array, salt: Uint8Array, cost: number): BlowfishBoxes {
  const initial = blowfishBoxes();
  const state = { p: Uint32Array.from(initial.p), s: Uint32Array.from(initial.s) };
  const none = new Uint8Array(16);
  expandKey(state, salt, key);
  for (let n = 0; n < 2 ** cost; n++) {
    expandKey(state, none, key);
    expandKey(state, none, salt);
  }
  return state;
}

function wordOf(bytes: Uint8Array, at: number): number {
  let word = 0;
  for (let n = 0; n < 4; n++) word = (word << 8) | (bytes[(at + n) % bytes.length] ?? 0);
  return word >>> 0;
}

function expandKey(state: BlowfishBoxes, salt: Uint8Array, key: Uint8Array): void {
  const { p, s } = state;
  for (let n = 0; n < p.length; n++) p[n] = (p[n] ?? 0) ^ wordOf(key, n * 4);
  const pair = new Uint32Array(2);
  let saltAt = 0;
  for (const box of [p, s]) {
    for (let n = 0; n < box.length; n += 2) {
      pair[0] = (pair[0] ?? 0) ^ wordOf(salt, saltAt);
      pair[1] = (pair[1] ?? 0) ^ wordOf(salt, saltAt + 4);
      saltAt += 8;
      encipher(state, pair);
      box[n] = pair[0] ?? 0;
      box[n + 1] = pair[1] ?? 0;
    }
  }
}

function encipher({ p, s }: BlowfishBoxes, pair: Uint32Array): void {
  let left = pair[0] ?? 0;
  let right = pair[1] ?? 0;
  for (let round = 0; round < 16; round++) {
    left ^= p[round] ?? 0;
    const sum = ((s[left >>> 24] ?? 0) + (s[256 + ((left >>> 16) & 255)] ?? 0)) >>> 0;
    right ^= ((sum ^ (s[512 + ((left >>> 8) & 255)] ?? 0)) + (s[768 + (left & 255)] ?? 0)) >>> 0;
    [left, right] = [right, left];
  }
  pair[0] = right ^ (p[17] ?? 0);
  pair[1] = left ^ (p[16] ?? 0);
}

function encode(bytes: Uint8Array): string {
  let out = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const chunk = bytes.subarray(at, at + 3);
    const bits = ((chunk[0] ?? 0) << 16) | ((chunk[1] ?? 0) << 8) | (chunk[2] ?? 0);
    for (let n = 0; n <= chunk.length; n++) out += ALPHABET[(bits >>> (18 - 6 * n)) & 63];
  }
  return out;
}
