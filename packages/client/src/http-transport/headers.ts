/** Headers of an answer as one string each, without the pseudo headers of HTTP/2. */
export function joinHeaders(
  headers: Readonly<Record<string, string | string[] | number | undefined>>,
): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(':')) continue;
    joined[name] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return joined;
}
