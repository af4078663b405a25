/** Randomness as a parameter: jitter and name suffixes come from one of these, so that tests can fix them. */
export type Random = () => number;
