/** The range of addresses from which Services get theirs: IPv4, `10.96.0.0/16`. Pure. */
import { isIPv4 } from 'node:net';
import { type NumberRange, reservedBand } from './free-number.ts';

export interface ServiceCidr extends NumberRange {
  readonly text: string;
  /** The address of number 0: the first behind the network's own. */
  readonly first: number;
}

/** @throws TypeError when the text is no IPv4 range with room for addresses (`/8` to `/30`). */
export function parseServiceCidr(text: string): ServiceCidr {
  const [address = '', bits = ''] = text.split('/');
  const length = /^\d{1,2}$/.test(bits) ? Number(bits) : Number.NaN;
  if (!isIPv4(address) || !(length >= 8 && length <= 30)) {
    throw new TypeError(`The service range ${text} is no IPv4 range such as 10.96.0.0/16`);
  }
  const block = 2 ** (32 - length);
  const network = Math.floor(toNumber(address) / block) * block;
  // Neither the network's own address nor that of broadcasts.
  const size = block - 2;
  return { text, first: network + 1, size, reserved: reservedBand(size, { share: 16, most: 256 }) };
}

/** The number of an address within the range; undefined when it is outside. */
export function numberOfAddress(cidr: ServiceCidr, address: string): number | undefined {
  if (!isIPv4(address)) return undefined;
  const number = toNumber(address) - cidr.first;
  return number >= 0 && number < cidr.size ? number : undefined;
}

export function addressOfNumber(cidr: ServiceCidr, number: number): string {
  const value = cidr.first + number;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
