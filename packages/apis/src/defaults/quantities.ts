/**
 * Quantities in their canonical form: `1000m` becomes `1`, and a JSON number, which YAML authors write, becomes a string.
 */
import { formatQuantity, parseQuantity } from '@kindred/machinery';

/** Rewrites the values of a resource list in place. What `decodeObject` has let through is a quantity. */
export function setQuantityStrings(quantities: Record<string, string | number> | undefined): void {
  if (quantities === undefined) return;
  for (const [name, quantity] of Object.entries(quantities)) quantities[name] = canonicalQuantity(quantity);
}

export function canonicalQuantity(quantity: string | number): string {
  return formatQuantity(parseQuantity(quantity));
}
