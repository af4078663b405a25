/**
 * Gives Services the addresses of the present range when they have those of another, which this data directory used before
 * (address-slot.ts). Done before anything is served: no pod runs that would know an address from before.
 */
import type { ApiStorage } from '@kindred/apiserver';
import type { Unstructured } from '@kindred/machinery';

/** @param range IPv4 with a prefix of 16 bits, such as `10.96.0.0/16`. Gives how many Services were moved. */
export async function moveServices(storage: ApiStorage, range: string): Promise<number> {
  const services = await storage.open('', 'services');
  const network = range.split('.', 2).join('.');
  let moved = 0;
  for (const { namespace, name } of services.list({}).items) {
    await services.guaranteedUpdate(namespace, name, (current) => {
      const next = withNetwork(current.decode(), network);
      if (next !== undefined) moved++;
      return next;
    });
  }
  return moved;
}

/** undefined when no address of the Service has to change. */
function withNetwork(service: Unstructured, network: string): Unstructured | undefined {
  const spec = service['spec'];
  if (!isRecord(spec)) return undefined;
  const { clusterIP, clusterIPs } = spec;
  if (typeof clusterIP !== 'string' || !isOutside(clusterIP, network)) return undefined;
  const all = Array.isArray(clusterIPs) ? clusterIPs : [clusterIP];
  return {
    ...service,
    spec: { ...spec, clusterIP: move(clusterIP, network), clusterIPs: all.map((ip) => move(ip, network)) },
  };
}

/** Headless and external Services have `None` or nothing. */
function isOutside(address: string, network: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(address) && !address.startsWith(`${network}.`);
}

/** The same place in the other range, so that none of them clash. */
function move(address: unknown, network: string): string {
  return [network, ...String(address).split('.').slice(2)].join('.');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
