/**
 * A fault that ends the program: something that an operator must see and can act on, as opposed to a bug.
 * The command prints `message` and `hint` without a stack trace and exits with `exitCode`.
 */
/**
 * Every code and when it is used; `docs/reference/errors.md` is made from this table.
 * @public
 */
export const faultCodes = {
  KND_USAGE: 'A flag or command that is not known, or a value that the flag does not take.',
  KND_PORT_TAKEN: 'The secure port cannot be listened on.',
  KND_ADDRESSES_TAKEN: 'Every address range for platforms on one machine is in use.',
  KND_DATA_DIRECTORY_IN_USE: 'Another running process has the data directory open.',
  KND_DATA_DIRECTORY_NEWER: 'A newer Kindred wrote the data directory. Nothing was changed.',
  KND_DATA_DIRECTORY_UNUSABLE: 'The data directory cannot be made, read or written.',
  KND_STORE: 'The store cannot be opened, or failed while the platform ran.',
  KND_CERTIFICATES: 'The keys and certificates in the data directory cannot be read or made.',
  KND_KUBECONFIG: 'The kubeconfig cannot be written.',
  KND_NODE_AGENT: 'The node agent did not become ready.',
  KND_EXTENSION: 'An extension cannot be found, loaded or started.',
} as const;

export type FaultCode = keyof typeof faultCodes;

export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  /** What to do about it; a sentence. */
  readonly hint: string;
  /** 2 for wrong usage, as kubectl and friends do; 1 for everything else. */
  readonly exitCode: number;

  constructor(code: FaultCode, message: string, hint: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
    this.hint = hint;
    this.exitCode = code === 'KND_USAGE' ? 2 : 1;
  }
}
