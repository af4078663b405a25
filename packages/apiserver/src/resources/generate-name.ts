/**
 * Generated names: `metadata.generateName` and five random characters.
 */
const suffixLength = 5;
const maxNameLength = 63;
/** Without vowels and look-alikes, so that no words come out by chance. */
const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** `base` and five random characters. */
export function generateName(base: string, random: () => number): string {
  let name = base.slice(0, maxNameLength - suffixLength);
  for (let index = 0; index < suffixLength; index++) {
    name += suffixAlphabet[Math.floor(random() * suffixAlphabet.length)] ?? '';
  }
  return name;
}
