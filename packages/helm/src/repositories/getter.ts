/**
 * Files of schemes that aren't built in: what Helm calls a getter, and leaves to plugins (Helm documentation, "The Helm
 * Plugins Guide", getter/v1).
 */

/** What is wanted, and all that the user said about how to get it. Texts are empty when nothing was said. */
export interface GetterRequest {
  readonly href: string;
  /** Of `href`, in lower case, without the colon. */
  readonly scheme: string;
  /** The repository, or the file itself. */
  readonly url: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly insecureSkipTlsVerify: boolean;
  readonly username: string;
  readonly password: string;
  readonly passCredentialsAll: boolean;
  readonly accept: string;
  /** In milliseconds; 0 without a limit. */
  readonly timeoutMs: number;
  /** A larger file is an error. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

/** The file's bytes. Throws ChartError. */
export type Getter = (request: GetterRequest) => Promise<Uint8Array>;

/** The getter for a scheme; undefined when nobody gets its files. */
export type FindGetter = (scheme: string) => Promise<Getter | undefined>;
