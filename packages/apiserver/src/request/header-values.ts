/** Values that several headers of users have in common: lists, and names of extra keys. */

/** Repeated headers arrive joined by commas. */
export function headerList(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Keys are percent-encoded in header names; one that isn't well formed is taken as it stands. */
export function unescapedKey(key: string): string {
  if (!key.includes('%')) return key;
  try {
    return decodeURIComponent(key);
  } catch (error) {
    if (error instanceof URIError) return key;
    throw error;
  }
}
