/**
 * Why a patch could not be applied, in the words of evanphx/json-patch and apimachinery's strategicpatch.
 *
 * The kind is the Status reason that the server answers with: BadRequest (400) for a patch that is not one,
 * RequestEntityTooLarge (413) beyond the limits, Invalid (422) for a patch that does not fit the object.
 */
export type PatchErrorKind = 'BadRequest' | 'RequestEntityTooLarge' | 'Invalid';

/** Thrown by every patch function of this folder. The message is meant for the client. */
export class PatchError extends Error {
  readonly kind: PatchErrorKind;

  constructor(kind: PatchErrorKind, message: string) {
    super(message);
    this.name = 'PatchError';
    this.kind = kind;
  }
}
