/**
 * Bytes that are not what they claim to be: broken JSON, YAML or protobuf.
 *
 * The API server answers it as 400 BadRequest; the message is written for the person who sent the body.
 */

/** A body that can't be decoded. `offset` counts bytes (protobuf) or characters (JSON, YAML) from the start. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly offset: number | undefined;

  constructor(message: string, options: { offset?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.offset = options.offset;
  }
}
