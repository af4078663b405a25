/** Quantities (`100m`, `64Mi`) as plain numbers, as far as the node computes with them: limits, divisors. */
import { isQuantity, milliValue, parseQuantity } from '@kindred/machinery';

/** Exact to a thousandth; undefined for what is not a quantity. */
export function quantityNumber(quantity: string | number | undefined): number | undefined {
  if (quantity === undefined || !isQuantity(quantity)) return undefined;
  return milliValue(parseQuantity(quantity)) / 1000;
}
