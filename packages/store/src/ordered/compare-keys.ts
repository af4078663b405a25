/**
 * The order of keys: by their UTF-8 bytes, as etcd and SQLite's BINARY collation have it. JavaScript compares UTF-16 code
 * units, which differs only where surrogates meet U+E000…U+FFFF.
 */

/** Negative, zero or positive as `a` sorts before, with or after `b`. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

const aboveSurrogates = /[\ud800-\uffff]/;

/**
 * Whether all other keys, whatever is in them, sort before or after this one as JavaScript has it: `<` takes a quarter of
 * the time of `compareKeys`. Only two units from U+D800 on can be in another order than their code points.
 */
export function isPlain(key: string): boolean {
  return !aboveSurrogates.test(key);
}

// Surrogates stand for code points above every other unit, so they move behind U+FFFF.
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
