/** Splits a byte stream into lines: the framing of watch streams (one JSON document a line). */

/** Longest line that is kept in memory; objects are at most a few MiB. */
const longestLine = 64 * 1024 * 1024;
const newline = 0x0a;

/** Takes the stream chunk by chunk. A last line without its end never comes out: the stream broke inside it. */
export class LineSplitter {
  #pending: Uint8Array[] = [];
  #pendingLength = 0;

  /** The lines that end in this chunk, without their ends and without empty ones. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const tail = chunk.subarray(start, end);
      start = end + 1;
      const line = this.#pending.length === 0 ? tail : this.#completed(tail);
      if (line.length > 0) lines.push(line);
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return lines;
  }

  #completed(tail: Uint8Array): Uint8Array {
    const line = Buffer.concat([...this.#pending, tail]);
    this.#pending = [];
    this.#pendingLength = 0;
    return line;
  }

  #keep(rest: Uint8Array): void {
    this.#pending.push(rest);
    this.#pendingLength += rest.length;
    if (this.#pendingLength > longestLine) {
      throw new RangeError(`A line of the watch stream is longer than ${longestLine} bytes`);
    }
  }
}
