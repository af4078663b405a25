/** Go's encoding/base64 (standard alphabet, padded; line breaks are passed over), which says where a text goes wrong. */
import { toBytes } from './bytes.ts';

const ALPHABET = /^[A-Za-z0-9+/]$/;
const isBreak = (character: string): boolean => character === '\n' || character === '\r';

export function encodeBase64(text: string): string {
  let binary = '';
  for (const byte of toBytes(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The bytes, or the number of the byte that is wrong. */
export function decodeBase64(text: string): Uint8Array | number {
  const characters = Array.from(toBytes(text), (byte) => String.fromCharCode(byte));
  const wrong = wrongByte(characters);
  if (wrong !== undefined) return wrong;
  return Uint8Array.from(atob(characters.filter((each) => !isBreak(each)).join('')), (each) => each.charCodeAt(0));
}

/** Reads four characters at a time, as Go does, since that is how it counts. */
function wrongByte(characters: readonly string[]): number | undefined {
  let at = 0;
  const skipBreaks = (): void => {
    while (isBreak(characters[at] ?? '')) at++;
  };
  for (;;) {
    for (let read = 0; read < 4; read++) {
      skipBreaks();
      const character = characters[at];
      if (character === undefined) return read === 0 ? undefined : at - read;
      at++;
      if (ALPHABET.test(character)) continue;
      if (character !== '=' || read < 2) return at - 1;
      skipBreaks();
      if (read === 2) {
        if (at === characters.length) return characters.length;
        if (characters[at] !== '=') return at - 1;
        at++;
        skipBreaks();
      }
      return at < characters.length ? at : undefined;
    }
  }
}
