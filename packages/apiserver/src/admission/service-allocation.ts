/**
 * Allocates the cluster IPs, IP families and node ports of Services before they are stored, so that the answer to a create
 * has them already ("Service ClusterIP allocation", "Service", Kubernetes documentation).
 *
 * What is taken is read from the stored Services each time; nothing else is kept, so nothing can leak. Values that are given
 * to a write on its way are reserved until it is settled.
 */
import type { Service } from '@kindred/apis/core/v1';
import { invalid, type Unstructured } from '@kindred/machinery';
import { allocateService, type PortRange, type Taken } from '../services/allocate-service.ts';
import { carryOver, clusterIpChangeErrors } from '../services/carry-over.ts';
import { setIpFamilies } from '../services/ip-families.ts';
import { parseServiceCidr } from '../services/service-cidr.ts';
import { clusterIpsOf, nodePortsOf } from '../services/service-fields.ts';
import type { ApiStorage, ResourceStorage } from '../storage/resource-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts';

export interface ServiceAllocationOptions {
  readonly storage: ApiStorage;
  /** IPv4, `10.96.0.0/16`. The first address is that of the Service `default/kubernetes`. */
  readonly serviceCidr: string;
  /** 30000 to 32767 when not given. */
  readonly nodePorts?: PortRange;
  /** In [0, 1). */
  readonly random: () => number;
}

const defaultNodePorts: PortRange = { first: 30_000, last: 32_767 };

/** Addresses and node ports that belong together to one Service. */
interface Claims {
  readonly uid: string;
  readonly addresses: readonly string[];
  readonly nodePorts: readonly number[];
}

/**
 * @example const plugin = await serviceAllocation({ storage, serviceCidr: '10.96.0.0/16', random: Math.random });
 * @throws TypeError when the range is none
 */
export async function serviceAllocation(options: ServiceAllocationOptions): Promise<AdmissionPlugin> {
  const { storage, serviceCidr, nodePorts = defaultNodePorts, random } = options;
  const cidr = parseServiceCidr(serviceCidr);
  const claimed = new ClaimedValues(await storage.open('', 'services'));
  return {
    name: 'ServiceAllocation',
    operations: ['CREATE', 'UPDATE'],
    handles: (group, resource, subresource) => group === '' && resource === 'services' && subresource === '',
    admit(attributes) {
      if (attributes.object === undefined) return;
      const service = asService(attributes.object);
      const old = attributes.oldObject === undefined ? undefined : asService(attributes.oldObject);
      carryOver(service, old);
      const errors = [...setIpFamilies(service), ...(old === undefined ? [] : clusterIpChangeErrors(service, old))];
      if (errors.length > 0) throw invalid(attributes.kind, attributes.name, errors);
      const uid = service.metadata.uid ?? '';
      allocateService(service, { cidr, nodePorts, random, ...claimed.seenBy(uid, old) });
      if (!attributes.dryRun) claimed.reserve(claimsOf(service), attributes);
    },
  };
}

class ClaimedValues {
  readonly #services: ResourceStorage;
  readonly #reserved = new Set<Claims>();
  /** Stored versions never change, so each is looked into once. */
  readonly #ofStored = new WeakMap<StoredObject, Claims>();

  constructor(services: ResourceStorage) {
    this.#services = services;
  }

  seenBy(uid: string, old: Service | undefined): { own: Taken; others: Taken } {
    const stored = this.#services.list({}).items.map((service) => this.#claims(service));
    const others = [...stored, ...this.#reserved].filter((claims) => claims.uid !== uid);
    return { own: takenBy(old === undefined ? [] : [claimsOf(old)]), others: takenBy(others) };
  }

  /** Until the write is over: then it shows in storage, or came to nothing. */
  reserve(claims: Claims, attributes: AdmissionAttributes): void {
    this.#reserved.add(claims);
    attributes.onSettled(() => this.#reserved.delete(claims));
  }

  #claims(stored: StoredObject): Claims {
    const known = this.#ofStored.get(stored);
    if (known !== undefined) return known;
    const claims = claimsOf(asService(stored.object));
    this.#ofStored.set(stored, claims);
    return claims;
  }
}

function claimsOf({ metadata, spec = {} }: Service): Claims {
  return { uid: metadata.uid ?? '', addresses: clusterIpsOf(spec), nodePorts: nodePortsOf(spec) };
}

function takenBy(claims: readonly Claims[]): Taken {
  const addresses = new Set(claims.flatMap((one) => one.addresses));
  const nodePorts = new Set(claims.flatMap((one) => one.nodePorts));
  return { hasAddress: (address) => addresses.has(address), hasNodePort: (port) => nodePorts.has(port) };
}

/** The plugin sees objects of the resource `services` only, and those were checked against the type table. */
function asService(object: Unstructured): Service {
  return object as Service;
}
