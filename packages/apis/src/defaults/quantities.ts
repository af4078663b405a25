/** Quantities are strings on the wire; JSON numbers, which YAML authors write, are turned into them. */
export function setQuantityStrings(quantities: Record<string, string | number> | undefined): void {
  if (quantities === undefined) return;
  for (const [name, quantity] of Object.entries(quantities)) {
    if (typeof quantity !== 'string') quantities[name] = String(quantity);
  }
}
