/** How to reach an API server, and as whom: what a kubeconfig's context says, with all files found. */
import type { ProxyFor } from '../proxy/proxy.ts';
import type { RequestHeaders } from '../transport.ts';
import type { CredentialSource } from './credential-source.ts';
import type { TokenSource } from './token-source.ts';

export interface TlsMaterial {
  /** Certificates of the authorities to trust, PEM; the system's when not given. */
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
}

export interface ConnectionOptions {
  /** `https://host:port`, or `http://` for a local proxy; a path becomes the prefix of all requests. */
  readonly server: string;
  /** Called for each new connection, so that renewed certificates are taken up. */
  readonly tls?: () => Promise<TlsMaterial>;
  /** The name that the server's certificate must have, when it isn't the host's. */
  readonly tlsServerName?: string;
  readonly insecureSkipTlsVerify?: boolean;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: TokenSource;
  /** Sent as `Authorization: Basic`, when there is no token. */
  readonly basic?: { readonly username: string; readonly password: string };
  /** Asked when there is neither token nor password. The transport closes it. */
  readonly credentials?: CredentialSource;
  /** The proxy to go through; straight to the server when not given, or when it gives none. */
  readonly proxy?: ProxyFor;
  /** Sent with every request: impersonation, for example. A list is sent as several headers. */
  readonly headers?: RequestHeaders;
}
