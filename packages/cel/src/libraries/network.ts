/**
 * Addresses and networks: `ip('10.0.0.1').family()`, `cidr('10.0.0.0/8').containsIP('10.1.2.3')` (Kubernetes' IP and
 * CIDR libraries).
 */
import { binary, declare, member, type Overload, type Param, params, unary } from '../functions/overload.ts';
import { types } from '../types/type.ts';
import { errorValue, isError, type OpaqueValue, type Result } from '../values/value.ts';
import {
  formatIp,
  type IpAddress,
  isGlobalUnicast,
  isLinkLocalMulticast,
  isLinkLocalUnicast,
  isLoopback,
  isUnspecified,
  parseIp,
  widthOf,
} from './ip-address.ts';
import type { Library } from './library.ts';

interface Network {
  /** As it was written, host bits included. */
  readonly address: IpAddress;
  readonly prefixLength: number;
}

const ipName = 'net.IP';
const cidrName = 'net.CIDR';
const ipType = types.opaque(ipName);
const cidrType = types.opaque(cidrName);
const ip = params.opaque<IpAddress>(ipName);
const cidr = params.opaque<Network>(cidrName);
const { string } = params;

function ipTest(name: string, id: string, holds: (address: IpAddress) => boolean) {
  return declare(name, member(unary(id, ip, types.bool, ({ value }) => holds(value))));
}

export const networkLibrary: Library = {
  name: 'network',
  typeNames: new Map([
    [ipName, ipType],
    [cidrName, cidrType],
  ]),
  functions: [
    declare(
      'ip',
      unary('string_to_ip', string, ipType, toIp),
      member(unary('cidr_ip', cidr, ipType, ({ value }) => ipValue(value.address))),
    ),
    declare(
      'isIP',
      unary('is_ip', string, types.bool, (text) => parseIp(text) !== undefined),
    ),
    declare('ip.isCanonical', unary('ip_is_canonical', string, types.bool, isCanonical)),
    declare('family', member(unary('ip_family', ip, types.int, ({ value }) => BigInt(value.family)))),
    ipTest('isUnspecified', 'ip_is_unspecified', isUnspecified),
    ipTest('isLoopback', 'ip_is_loopback', isLoopback),
    ipTest('isLinkLocalMulticast', 'ip_is_link_local_multicast', isLinkLocalMulticast),
    ipTest('isLinkLocalUnicast', 'ip_is_link_local_unicast', isLinkLocalUnicast),
    ipTest('isGlobalUnicast', 'ip_is_global_unicast', isGlobalUnicast),
    declare('cidr', unary('string_to_cidr', string, cidrType, toCidr)),
    declare(
      'isCIDR',
      unary('is_cidr', string, types.bool, (text) => parseCidr(text) !== undefined),
    ),
    declare(
      'containsIP',
      ...containing('ip', ip, toIp, (network, { value }) => contains(network, value, widthOf(value.family))),
    ),
    declare(
      'containsCIDR',
      ...containing('cidr', cidr, toCidr, (network, { value }) => contains(network, value.address, value.prefixLength)),
    ),
    declare('masked', member(unary('cidr_masked', cidr, cidrType, ({ value }) => cidrValue(masked(value))))),
    declare(
      'prefixLength',
      member(unary('cidr_prefix_length', cidr, types.int, ({ value }) => BigInt(value.prefixLength))),
    ),
    declare(
      'string',
      unary('ip_to_string', ip, types.string, ({ value }) => formatIp(value)),
      unary('cidr_to_string', cidr, types.string, ({ value }) => formatCidr(value)),
    ),
  ],
};

/** The overloads for a value and for its text. */
function containing<T>(
  name: string,
  param: Param<OpaqueValue<T>>,
  parse: (text: string) => Result,
  holds: (network: Network, other: OpaqueValue<T>) => boolean,
): Overload[] {
  return [
    member(
      binary(`cidr_contains_${name}_${name}`, cidr, param, types.bool, (network, other) => holds(network.value, other)),
    ),
    member(
      binary(`cidr_contains_${name}_string`, cidr, string, types.bool, (network, text) => {
        const other = parse(text);
        return !isError(other) && param.is(other) ? holds(network.value, other) : other;
      }),
    ),
  ];
}

function ipValue(value: IpAddress): OpaqueValue<IpAddress> {
  const equals = (other: OpaqueValue) =>
    ip.is(other) && other.value.bits === value.bits && other.value.family === value.family;
  return { kind: 'opaque', typeName: ipName, value, equals };
}

function toIp(text: string): Result {
  const value = parseIp(text);
  return value === undefined
    ? errorValue(`IP Address ${JSON.stringify(text)} parse error during conversion from string`)
    : ipValue(value);
}

function isCanonical(text: string): Result {
  const value = parseIp(text);
  if (value === undefined)
    return errorValue(`IP Address ${JSON.stringify(text)} parse error during conversion from string`);
  return formatIp(value) === text;
}

function cidrValue(value: Network): OpaqueValue<Network> {
  const equals = (other: OpaqueValue) => cidr.is(other) && formatCidr(other.value) === formatCidr(value);
  return { kind: 'opaque', typeName: cidrName, value, equals };
}

function toCidr(text: string): Result {
  const value = parseCidr(text);
  return value === undefined
    ? errorValue(`network address parse error during conversion from string: ${JSON.stringify(text)}`)
    : cidrValue(value);
}

function parseCidr(text: string): Network | undefined {
  const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  const address = match === null ? undefined : parseIp(match[1] ?? '');
  const prefixLength = Number(match?.[2]);
  if (address === undefined || prefixLength > widthOf(address.family)) return undefined;
  return { address, prefixLength };
}

function formatCidr({ address, prefixLength }: Network): string {
  return `${formatIp(address)}/${prefixLength}`;
}

function masked({ address, prefixLength }: Network): Network {
  const rest = BigInt(widthOf(address.family) - prefixLength);
  return { address: { ...address, bits: (address.bits >> rest) << rest }, prefixLength };
}

/** True when the network covers all addresses that share the first `length` bits with the given one. */
function contains(network: Network, address: IpAddress, length: number): boolean {
  if (network.address.family !== address.family || length < network.prefixLength) return false;
  const rest = BigInt(widthOf(address.family) - network.prefixLength);
  return network.address.bits >> rest === address.bits >> rest;
}
