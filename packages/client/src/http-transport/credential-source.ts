/** Credentials that aren't known before they are asked for, and may be others later: those of a program, for example. */

export interface Credentials {
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  /** A certificate and its key, PEM. */
  readonly cert?: string;
  readonly key?: string;
}

export interface CredentialSource {
  /** The same object as long as they are the same. */
  get(): Promise<Credentials>;
  /** The server answered 401: they are not to be given again. */
  refused(credentials: Credentials): void;
  /** Ends what is still at work. */
  close(): void;
}
