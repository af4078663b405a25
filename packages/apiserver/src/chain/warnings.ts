/**
 * The `Warning` header (RFC 9111 keeps it for history; `k8s.io/apiserver` still sends it): `299 - "text"`.
 */
const maxTotalLength = 4096;
const maxTruncatedLength = 256;

/** One header value for each text. When they are too long together, each is cut. */
export function warningHeaders(texts: readonly string[]): readonly string[] {
  let total = 0;
  for (const text of texts) total += text.length;
  const limit = total > maxTotalLength ? maxTruncatedLength : maxTotalLength;
  return texts.map((text) => `299 - "${escape(text.slice(0, limit))}"`);
}

/** Header values are Latin-1 without control characters; what is outside would break the whole response. */
function escape(text: string): string {
  let escaped = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') escaped += `\\${character}`;
    else if (code < 0x20 || code === 0x7f) escaped += ' ';
    else escaped += code > 0xff ? '?' : character;
  }
  return escaped;
}
