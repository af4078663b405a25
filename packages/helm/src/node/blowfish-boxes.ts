/** Blowfish's initial boxes are the fraction of pi in binary; computing them is shorter than listing 1042 words. */

export interface BlowfishBoxes {
  /** 18 words. */
  readonly p: Uint32Array;
  /** Four boxes of 256 words each. */
  readonly s: Uint32Array;
}

const WORDS = 18 + 4 * 256;
const GUARD_BITS = 64;

let computed: BlowfishBoxes | undefined;

/** Computed once, when first asked for; not to be changed. */
export function blowfishBoxes(): BlowfishBoxes {
  computed ??= compute();
  return computed;
}

function compute(): BlowfishBoxes {
  const bits = BigInt(WORDS * 32 + GUARD_BITS);
  const one = 1n << bits;
  // Machin: pi = 16 arctan(1/5) − 4 arctan(1/239)
  const pi = 16n * arctanOfInverse(5n, one) - 4n * arctanOfInverse(239n, one);
  const fraction = (pi - 3n * one) >> BigInt(GUARD_BITS);
  const digits = fraction.toString(16).padStart(WORDS * 8, '0');
  const words = Uint32Array.from({ length: WORDS }, (_, n) => Number.parseInt(digits.slice(n * 8, n * 8 + 8), 16));
  return { p: words.slice(0, 18), s: words.slice(18) };
}

function arctanOfInverse(x: bigint, one: bigint): bigint {
  let power = one / x;
  let sum = power;
  for (let n = 3n, sign = -1n; power !== 0n; n += 2n, sign = -sign) {
    power /= x * x;
    sum += (sign * power) / n;
  }
  return sum;
}
