/** Time as a parameter: everything that reads a clock or waits takes one of these, so that tests can turn it by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `callback` once after `milliseconds`; the returned function cancels it. Never keeps the process alive by itself. */
  after(milliseconds: number, callback: () => void): () => void;
}
