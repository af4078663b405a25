/** IPv4 address ranges in CIDR notation, as numbers. Pure. */

export interface Cidr {
  /** First address of the range, as an unsigned 32-bit number. */
  readonly base: number;
  readonly prefix: number;
  /** How many addresses are in the range. */
  readonly size: number;
}

/** @throws Error that names the text when it isn't `a.b.c.d/bits`. */
export function parseCidr(text: string): Cidr {
  const [address = '', bits = ''] = text.split('/');
  const prefix = Number(bits);
  const value = parseAddress(address);
  if (value === undefined || bits === '' || !Number.isInteger(prefix) || prefix < 0 || prefix > 32) {
    throw new Error(`${JSON.stringify(text)} is not an IPv4 range such as 10.244.0.0/24`);
  }
  const size = 2 ** (32 - prefix);
  return { base: value - (value % size), prefix, size };
}

/** undefined when the text is not a dotted IPv4 address. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((value, part) => value * 256 + Number(part), 0);
}

export function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.base)}/${cidr.prefix}`;
}

export function containsAddress(cidr: Cidr, address: string): boolean {
  const value = parseAddress(address);
  return value !== undefined && value >= cidr.base && value < cidr.base + cidr.size;
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.');
}

/** The range of the same size that lies `steps` further up. */
export function shiftCidr(cidr: Cidr, steps: number): Cidr {
  return { ...cidr, base: cidr.base + steps * cidr.size };
}
