/**
 * Gives a Service its cluster IP and node ports, given what others have. Pure apart from changing the Service and from the
 * randomness it is handed. Upstream: `pkg/registry/core/service/storage/alloc.go`.
 */
import type { Service, ServicePort } from '@kindred/apis/core/v1';
import { childPath, type FieldError, indexPath, internalError, invalid, invalidValue } from '@kindred/machinery';
import { freeNumber, type NumberRange, reservedBand } from './free-number.ts';
import { addressOfNumber, numberOfAddress, type ServiceCidr } from './service-cidr.ts';
import { allocatesNodePorts, isHeadless, needsClusterIp, needsHealthCheckNodePort, specOf } from './service-fields.ts';

/** `first` to `last`, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export interface AllocationInput {
  readonly cidr: ServiceCidr;
  readonly nodePorts: PortRange;
  /** What this Service holds already: never refused to it. */
  readonly own: Taken;
  readonly others: Taken;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface Taken {
  hasAddress(address: string): boolean;
  hasNodePort(port: number): boolean;
}

/** @throws StatusError Invalid when a wanted value can't be had, InternalError when a range is full. */
export function allocateService(service: Service, input: AllocationInput): void {
  const spec = specOf(service);
  if (!needsClusterIp(spec)) return;
  if (!isHeadless(spec)) allocateAddress(service, input);
  new NodePortAllocation(service, input).run();
}

function allocateAddress(service: Service, { cidr, own, others, random }: AllocationInput): void {
  const spec = specOf(service);
  const [wanted] = spec.clusterIPs ?? [];
  if (wanted === undefined || wanted === '') {
    const number = freeNumber(cidr, (candidate) => others.hasAddress(addressOfNumber(cidr, candidate)), random());
    if (number === undefined) throw internalError('failed to allocate a serviceIP: range is full');
    spec.clusterIP = addressOfNumber(cidr, number);
    spec.clusterIPs = [spec.clusterIP];
    return;
  }
  if (own.hasAddress(wanted)) return;
  const reason = unavailableAddress(wanted, { cidr, others });
  if (reason === undefined) return;
  refuse(service, invalidValue('spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${wanted}: ${reason}`));
}

function unavailableAddress(address: string, { cidr, others }: Pick<AllocationInput, 'cidr' | 'others'>) {
  if (numberOfAddress(cidr, address) === undefined) {
    return `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${cidr.text}`;
  }
  return others.hasAddress(address) ? 'provided IP is already allocated' : undefined;
}

/** Ports of one Service with the same number and different protocols share a node port. */
class NodePortAllocation {
  readonly #service: Service;
  readonly #input: AllocationInput;
  readonly #range: NumberRange;
  readonly #taken = new Set<number>();

  constructor(service: Service, input: AllocationInput) {
    this.#service = service;
    this.#input = input;
    const size = input.nodePorts.last - input.nodePorts.first + 1;
    this.#range = { size, reserved: reservedBand(size, { share: 32, most: 128 }) };
  }

  run(): void {
    const spec = specOf(this.#service);
    const ports = spec.ports ?? [];
    const byNumber = new Map<number, number>();
    ports.forEach((port, index) => this.#demand(port, byNumber, indexPath('spec.ports', index)));
    if (allocatesNodePorts(spec)) {
      for (const port of ports) {
        port.nodePort ||= byNumber.get(port.port) ?? this.#next();
        byNumber.set(port.port, port.nodePort);
      }
    }
    if (!needsHealthCheckNodePort(spec)) return;
    if (spec.healthCheckNodePort) this.#check(spec.healthCheckNodePort, 'spec.healthCheckNodePort');
    else spec.healthCheckNodePort = this.#next();
  }

  /** Takes the node port that the client asks for, if it does. */
  #demand({ port, nodePort }: ServicePort, byNumber: Map<number, number>, path: string): void {
    if (!nodePort) return;
    if (byNumber.get(port) === nodePort) return;
    this.#check(nodePort, childPath(path, 'nodePort'));
    if (!byNumber.has(port)) byNumber.set(port, nodePort);
  }

  #check(nodePort: number, path: string): void {
    const { nodePorts, own, others } = this.#input;
    const isTaken = this.#taken.has(nodePort) || (!own.hasNodePort(nodePort) && others.hasNodePort(nodePort));
    if (isTaken) refuse(this.#service, invalidValue(path, nodePort, 'provided port is already allocated'));
    const { first, last } = nodePorts;
    if (!own.hasNodePort(nodePort) && (nodePort < first || nodePort > last)) {
      const detail = `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
      refuse(this.#service, invalidValue(path, nodePort, detail));
    }
    this.#taken.add(nodePort);
  }

  #next(): number {
    const { nodePorts, own, others, random } = this.#input;
    const isTaken = (number: number): boolean => {
      const port = nodePorts.first + number;
      return this.#taken.has(port) || own.hasNodePort(port) || others.hasNodePort(port);
    };
    const number = freeNumber(this.#range, isTaken, random());
    if (number === undefined) throw internalError('failed to allocate a nodePort: range is full');
    this.#taken.add(nodePorts.first + number);
    return nodePorts.first + number;
  }
}

function refuse(service: Service, error: FieldError): never {
  throw invalid({ group: '', kind: 'Service' }, service.metadata.name ?? '', [error]);
}
