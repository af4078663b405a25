/** Flags as helm declares them (the library pflag): types, defaults, short forms. */

interface FlagBase {
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** What the help says. */
  readonly usage: string;
  readonly hidden?: boolean;
  /** What to use instead; makes it hidden, and using it prints a note. */
  readonly deprecated?: string;
  /** Name of the type in the help, when it isn't the kind's own. */
  readonly typeName?: string;
  /** The value of the flag without `=value`; without this a flag that isn't a bool needs one. */
  readonly bare?: string;
}

export interface FlagReader {
  bool(name: string): boolean;
  text(name: string): string;
}

/** `true` with no value. */
export interface BoolFlag extends FlagBase {
  readonly kind: 'bool';
  readonly default?: boolean;
}

export interface TextFlag extends FlagBase {
  readonly kind: 'string';
  readonly default?: string;
  /** Values that completion offers. */
  readonly choices?: readonly string[];
  /** The problem with a value; undefined when there is none. */
  readonly check?: (value: string) => string | undefined;
  /** Done before the command runs, with the values of its flags. Throws what is wrong. */
  readonly prepare?: (flags: FlagReader) => Promise<void>;
}

export interface NumberFlag extends FlagBase {
  readonly kind: 'int' | 'float32';
  readonly default?: number;
}

/** As Go writes durations: `5m0s`. */
export interface DurationFlag extends FlagBase {
  readonly kind: 'duration';
  /** Milliseconds. */
  readonly default?: number;
}

/** Can be given several times: `stringArray` takes each as it is, `strings` splits at commas. */
export interface ListFlag extends FlagBase {
  readonly kind: 'stringArray' | 'strings';
  readonly default?: readonly string[];
}

/** `key=value,key=value`. */
export interface MapFlag extends FlagBase {
  readonly kind: 'stringToString';
}

export type Flag = BoolFlag | TextFlag | NumberFlag | DurationFlag | ListFlag | MapFlag;

/** The value of a flag without `=value`; undefined when one must follow. */
export function bareValue(flag: Flag): string | undefined {
  return flag.bare ?? (flag.kind === 'bool' ? 'true' : undefined);
}

/** As messages name it: `-o, --output`. */
export function flagTitle({ name, short }: Flag): string {
  return short === undefined ? `--${name}` : `-${short}, --${name}`;
}
