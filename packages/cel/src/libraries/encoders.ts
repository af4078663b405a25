/**
 * `base64.encode` and `base64.decode` (cel-go's `ext` encoders).
 */
import { declare, params, unary } from '../functions/overload.ts';
import { types } from '../types/type.ts';
import { bytes, errorValue, type Result } from '../values/value.ts';
import type { Library } from './library.ts';

export const encodersLibrary: Library = {
  name: 'encoders',
  functions: [
    declare(
      'base64.encode',
      unary('base64_encode_bytes', params.bytes, types.string, (value) => Buffer.from(value.bytes).toString('base64')),
    ),
    declare('base64.decode', unary('base64_decode_string', params.string, types.bytes, decode)),
  ],
};

/** With padding or without. */
function decode(text: string): Result {
  const unpadded = text.replace(/=+$/, '');
  const isPadded = text.length === unpadded.length || text.length % 4 === 0;
  if (!/^[A-Za-z0-9+/]*$/.test(unpadded) || unpadded.length % 4 === 1 || !isPadded) {
    return errorValue('illegal base64 data');
  }
  return bytes(Buffer.from(unpadded, 'base64'));
}
