/** Splits a byte stream into lines: the framing of watch streams (one JSON document a line). */

/** Longest line that is kept in memory; objects are at most a few MiB. */
const longestLine = 64 * 1024 * 1024;
const newline = 0x0a;

/** Yields each line without its end; a last line without one is dropped, since the stream broke inside it. */
export async function* jsonLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let pending: Uint8Array[] = [];
  let pendingLength = 0;
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const tail = chunk.subarray(start, end);
      start = end + 1;
      const line = pending.length === 0 ? tail : Buffer.concat([...pending, tail]);
      pending = [];
      pendingLength = 0;
      if (line.length > 0) yield line;
    }
    if (start < chunk.length) {
      pending.push(chunk.subarray(start));
      pendingLength += chunk.length - start;
      if (pendingLength > longestLine)
        throw new RangeError(`A line of the watch stream is longer than ${longestLine} bytes`);
    }
  }
}
