/**
 * IP addresses as numbers: parsing as Go's `netip`, canonical texts, and which kind of address one is.
 */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** `10.0.0.1` or `2001:db8::1`; undefined for anything else, zones and embedded IPv4 included. */
export function parseIp(text: string): IpAddress | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): IpAddress | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return { family: 4, bits: parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n) };
}

function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const written = groups.flat();
  if (!written.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  if (halves.length === 1 ? written.length !== 8 : written.length > 7) return undefined;
  const missing = Array.from({ length: 8 - written.length }, () => '0');
  const all = [...(groups[0] ?? []), ...missing, ...(groups[1] ?? [])];
  return { family: 6, bits: all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n) };
}

/** The canonical text (RFC 5952 for IPv6). */
export function formatIp({ family, bits }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - index * 16)) & 0xffffn).toString(16));
  const zeros = longestZeros(groups);
  if (zeros.length < 2) return groups.join(':');
  return `${groups.slice(0, zeros.start).join(':')}::${groups.slice(zeros.start + zeros.length).join(':')}`;
}

function longestZeros(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}

/** How many bits addresses of the family have. */
export function widthOf(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

/** True when the address begins with the prefix. */
function hasPrefix(address: IpAddress, prefix: string): boolean {
  const [text = '', length = '0'] = prefix.split('/');
  const network = parseIp(text);
  if (network === undefined || network.family !== address.family) return false;
  const rest = BigInt(widthOf(address.family) - Number(length));
  return address.bits >> rest === network.bits >> rest;
}

export function isUnspecified({ bits }: IpAddress): boolean {
  return bits === 0n;
}

export function isLoopback(address: IpAddress): boolean {
  return address.family === 4 ? hasPrefix(address, '127.0.0.0/8') : address.bits === 1n;
}

export function isLinkLocalUnicast(address: IpAddress): boolean {
  return hasPrefix(address, address.family === 4 ? '169.254.0.0/16' : 'fe80::/10');
}

export function isLinkLocalMulticast(address: IpAddress): boolean {
  return hasPrefix(address, address.family === 4 ? '224.0.0.0/24' : 'ff02::/16');
}

/** Every unicast address that isn't special in one of the ways above; private ones are global in this sense. */
export function isGlobalUnicast(address: IpAddress): boolean {
  const isMulticast = hasPrefix(address, address.family === 4 ? '224.0.0.0/4' : 'ff00::/8');
  const isBroadcast = address.family === 4 && address.bits === 0xffffffffn;
  return (
    !isUnspecified(address) && !isLoopback(address) && !isLinkLocalUnicast(address) && !isMulticast && !isBroadcast
  );
}
