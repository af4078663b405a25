/**
 * A fault that ends the program: something that an operator must see and can act on, as opposed to a bug.
 * The command prints `message` and `hint` without a stack trace and exits with `exitCode`.
 */
export type FaultCode =
  | 'KND_USAGE'
  | 'KND_PORT_TAKEN'
  | 'KND_ADDRESSES_TAKEN'
  | 'KND_DATA_DIRECTORY_IN_USE'
  | 'KND_DATA_DIRECTORY_NEWER'
  | 'KND_DATA_DIRECTORY_UNUSABLE'
  | 'KND_STORE'
  | 'KND_CERTIFICATES'
  | 'KND_KUBECONFIG'
  | 'KND_NODE_AGENT'
  | 'KND_EXTENSION';

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
