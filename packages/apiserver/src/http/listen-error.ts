/**
 * Why a server could not start listening, for the person who starts it.
 */
export type ListenErrorCode = 'addressInUse' | 'notPermitted' | 'addressNotAvailable' | 'io';

export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: ListenErrorCode;
  /** What to do about it. */
  readonly hint: string;

  constructor(code: ListenErrorCode, message: string, hint: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
  }
}

/** Names the cause of a failed `listen` on host and port. */
export function listenError(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  const address = `${host}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return new ListenError(
        'addressInUse',
        `port ${port} on ${host} is already taken by another process`,
        'stop the other process, or choose another port; port 0 takes a free one',
        error,
      );
    case 'EACCES':
      return new ListenError('notPermitted', `may not listen on ${address}`, 'choose a port above 1023', error);
    case 'EADDRNOTAVAIL':
      return new ListenError('addressNotAvailable', `${host} is no address of this machine`, 'choose another', error);
    default:
      return new ListenError('io', `can't listen on ${address}: ${error.message}`, '', error);
  }
}
