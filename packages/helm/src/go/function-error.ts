/** A template function says that it failed; the message is what Go's error would say. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
}

/** `required` and `fail`: the author of the chart speaks to its user, so the message stands alone. */
export class ChartMessage extends FunctionError {}
