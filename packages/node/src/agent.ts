/**
 * The node agent: puts the parts of this package together over an API server, in the order in which they need each other,
 * and takes them apart again. What runs is in the parts; nothing is decided here.
 */

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pod, Service } from '@kindred/apis/core/v1';
import { EndpointSlice } from '@kindred/apis/discovery/v1';
import {
  type Client,
  createClient,
  createHttpTransport,
  EventSink,
  type Informer,
  InformerFactory,
} from '@kindred/client';
import type { Clock, Logger } from '@kindred/machinery';
import type { AgentOptions } from './agent-options.ts';
import { ClientCluster } from './cluster/client-cluster.ts';
import { DnsServer } from './dns/dns-server.ts';
import { type ClusterDns, parseResolvConf, podResolvConf } from './dns/resolv-conf.ts';
import { createUpstream } from './dns/upstream.ts';
import { zoneOf } from './dns/zone-of-informers.ts';
import { builtInImages } from './images/built-in-images.ts';
import { ImageStore } from './images/image-store.ts';
import { readImagesFile } from './images/images-file.ts';
import { formatCidr, isLoopback, parseCidr } from './network/cidr.ts';
import { EgressProxy } from './network/egress-proxy.ts';
import { ServiceProxy } from './network/service-proxy.ts';
import { type Backend, type ServiceForward, serviceForwards } from './network/service-table.ts';
import { endEarlierAgent } from './platform/earlier-agent.ts';
import { programsDirectory, scriptsDirectory } from './platform/package-places.ts';
import type { NodeContext } from './pods/node-context.ts';
import { PodManager } from './pods/pod-manager.ts';
import { readMachineFigures } from './registration/machine-figures.ts';
import { allocatableMemory } from './registration/node-status.ts';
import { findRegistered, type Registered, Registration } from './registration/registration.ts';
import { type DetectedRuntime, detectRuntime } from './runtime/detect.ts';
import type { IsolationLevel } from './runtime/runtime.ts';
import { NodeServer } from './server/node-server.ts';
import { TokenSource } from './volumes/service-account-token.ts';

export interface AgentReady {
  /** Port of the agent's endpoint. */
  readonly port: number;
  readonly isolation: IsolationLevel;
  /** What pods can't do on this machine, one plain sentence each. */
  readonly limitations: readonly string[];
}

export interface AgentParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  /** The API server's URL, as soon as it serves; the one of the options when absent. */
  readonly serving?: Promise<string>;
}

interface ContextParts {
  readonly client: Client;
  readonly services: Informer<Service>;
  readonly dns: ClusterDns | undefined;
  readonly egressProxy: string | undefined;
}

/** Processes get this long after SIGTERM when the agent ends: all of it must be over in 5 s. */
const closingGraceSeconds = 2;
/** All parts but the runtime and the network together get this long to close. */
const partsCloseWithinMs = 3_500;
/** Services and endpoints change in bursts. */
const settleMs = 20;

export class NodeAgent {
  #options: AgentOptions;
  readonly #parts: AgentParts;
  /** What has been started, newest last: closed in the opposite order. */
  readonly #closers: (() => Promise<void> | void)[] = [];
  #closeRuntime: () => Promise<void> = () => Promise.resolve();
  /** Settles when it is known what has been made on this machine. */
  #making: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(options: AgentOptions, parts: AgentParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** Resolves when the node is registered, Ready, and runs the pods bound to it. */
  async start(): Promise<AgentReady> {
    const { clock, log } = this.#parts;
    const options = this.#options;
    mkdirSync(options.dataDir, { recursive: true, mode: 0o711 });
    if (await endEarlierAgent(join(options.dataDir, 'agent.pid'), clock)) log.info('Ended an earlier agent');
    const making = this.#runtime();
    this.#making = making;
    // What this machine can do, and what the cluster holds: neither waits for the other.
    const [detected, cluster] = await Promise.all([making, this.#connect()]);
    this.#assertOpen();
    const { client, pods, services, slices, found } = cluster;
    const dns = await this.#dns(detected, cluster.zone);
    const egressProxy = await this.#egressProxy(detected);
    const context = this.#context(detected, { client, services, dns, egressProxy });
    const manager = new PodManager(context);
    await manager.removeLeftovers(new Set(pods.lister.list().map(({ metadata }) => metadata.uid)));
    await this.#serviceProxy(detected, services, slices);
    const port = await this.#server(manager);
    this.#closers.push(() => manager.close(closingGraceSeconds));
    pods.addHandler({
      added: (pod) => manager.update(pod),
      updated: (pod) => manager.update(pod),
      deleted: (pod) => manager.remove(pod),
    });
    await this.#register(client, detected, { port, found });
    return { port, isolation: detected.runtime.level, limitations: detected.runtime.limitations() };
  }

  /** Stops all pods and everything else; what is left after the grace is killed. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** A start that goes on while the agent closes must make nothing more. */
  #assertOpen(): void {
    if (this.#closing !== undefined) throw new Error('the agent was ended while it started');
  }

  async #close(): Promise<void> {
    const { clock, log } = this.#parts;
    await this.#making.catch(() => undefined);
    const late = new Promise<void>((resolve) => clock.after(partsCloseWithinMs, resolve));
    const closeOne = async (close: () => Promise<void> | void, limit?: Promise<void>) => {
      try {
        await (limit === undefined ? close() : Promise.race([close(), limit]));
      } catch (error) {
        log.error('A part could not be closed', error);
      }
    };
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) await closeOne(close, late);
    // The runtime and the network go last, and must go: what waits for a server that is gone does not keep them.
    await closeOne(this.#closeRuntime);
  }

  async #runtime(): Promise<DetectedRuntime> {
    const { log, clock } = this.#parts;
    const options = this.#options;
    const detected = await detectRuntime({
      level: options.isolation,
      dataDir: options.dataDir,
      clock,
      log,
      podCidr: parseCidr(options.podCidr),
      serviceCidr: parseCidr(options.serviceCidr),
      plainPodCidr: parseCidr(options.plainPodCidr),
      hiddenPaths: [options.dataDir, ...options.hiddenPaths],
      userId: process.getuid?.() ?? 0,
      scripts: scriptsDirectory,
    });
    const { runtime, network } = detected;
    this.#closeRuntime = async () => {
      await runtime.close();
      await network?.close();
    };
    const killed = await runtime.cleanUp();
    if (killed > 0) log.info('Ended processes of an earlier agent', { processes: killed });
    log.info('Runtime detected', { isolation: runtime.level, limitations: runtime.limitations() });
    return detected;
  }

  /** Resolves when the agent knows the pods, services and endpoints of a server that serves. */
  async #connect() {
    const { clock, log, random, serving } = this.#parts;
    const { nodeName, clusterDomain } = this.#options;
    // Until now the server's port may have been a wish: from here on it is known, to the service proxy and the pods too.
    this.#options = { ...this.#options, server: (await serving) ?? this.#options.server };
    this.#assertOpen();
    const client = this.#client();
    const informers = new InformerFactory({
      client,
      clock,
      random,
      onError: (error, kind) => log.error('Watch failed', error, { kind: kind.kind }),
    });
    this.#closers.push(() => informers.close());
    const pods = informers.informer(Pod, { fieldSelector: `spec.nodeName=${nodeName}` });
    const services = informers.informer(Service);
    const slices = informers.informer(EndpointSlice);
    const zone = zoneOf(services, slices, clusterDomain);
    informers.start();
    const figures = readMachineFigures(this.#options.dataDir);
    const [found] = await Promise.all([findRegistered(client, nodeName, figures), informers.waitForSync()]);
    return { client, pods, services, slices, zone, found };
  }

  #client(): Client {
    const { server, caFile, certFile, keyFile, nodeName } = this.#options;
    const { clock } = this.#parts;
    const tls = async () => ({ ca: readFileSync(caFile), cert: readFileSync(certFile), key: readFileSync(keyFile) });
    const transport = createHttpTransport({ server, tls, clock });
    this.#closers.push(() => transport.close());
    return createClient(transport, { userAgent: `kindred-node/${nodeName}`, fieldManager: 'kubelet', clock });
  }

  #context({ runtime, network }: DetectedRuntime, { client, services, dns, egressProxy }: ContextParts): NodeContext {
    const { clock, log, random } = this.#parts;
    const options = this.#options;
    const events = new EventSink({
      client,
      clock,
      random,
      host: options.nodeName,
      onError: (error) => log.error('Event could not be written', error),
    });
    this.#closers.push(() => events.close());
    const cluster = new ClientCluster({ client, clock, events: events.recorder('kubelet'), services: services.lister });
    const machine = readMachineFigures(options.dataDir);
    const images = options.imagesFile ? readImagesFile(options.imagesFile) : [];
    const host = parseResolvConf(existsSync('/etc/resolv.conf') ? readFileSync('/etc/resolv.conf', 'utf8') : '');
    return {
      runtime,
      cluster,
      clock,
      log,
      dataDir: options.dataDir,
      images: new ImageStore([...images, ...builtInImages], { node: process.execPath, programs: programsDirectory }),
      tokens: new TokenSource(cluster, clock),
      figures: {
        hostIP: network?.hostAddress ?? options.nodeAddress,
        cpu: machine.cpu,
        memory: allocatableMemory(machine),
        ephemeralStorage: machine.disk,
      },
      resolvConf: (pod) => (dns ? podResolvConf(pod, dns, host) : undefined),
      // Without namespaces an ordinary user can't serve port 443 of the ClusterIP.
      ...(egressProxy !== undefined && { egressProxy }),
      ...(runtime.level === 'plain' && { apiServer: apiServerOf(options.server) }),
      newContainerId: () => randomBytes(32).toString('hex'),
    };
  }

  async #egressProxy({ network, needsEgressProxy }: DetectedRuntime): Promise<string | undefined> {
    if (!network || !needsEgressProxy) return undefined;
    const proxy = new EgressProxy({ host: network.hostAddress, log: this.#parts.log });
    const port = await proxy.start();
    this.#closers.push(() => proxy.close());
    return `http://${network.hostAddress}:${port}`;
  }

  /** undefined where pods use the machine's own resolver. */
  async #dns({ network }: DetectedRuntime, zone: ReturnType<typeof zoneOf>): Promise<ClusterDns | undefined> {
    if (!network) return undefined;
    const { log } = this.#parts;
    const { clusterDns, clusterDomain } = this.#options;
    const host = existsSync('/etc/resolv.conf')
      ? parseResolvConf(readFileSync('/etc/resolv.conf', 'utf8')).nameservers
      : [];
    const server = new DnsServer({ host: clusterDns, port: 53, zone, upstream: createUpstream(host), log });
    try {
      await server.start();
    } catch (error) {
      log.error('Cluster DNS is not served', error, { address: clusterDns });
      await server.close();
      return undefined;
    }
    this.#closers.push(() => server.close());
    return { address: clusterDns, domain: clusterDomain };
  }

  async #serviceProxy(
    { runtime, network }: DetectedRuntime,
    services: Informer<Service>,
    slices: Informer<EndpointSlice>,
  ): Promise<void> {
    const { clock, log } = this.#parts;
    const { nodeAddress, clusterDns, server } = this.#options;
    const proxy = new ServiceProxy({ clock, log, hostPort: (ip, port) => runtime.hostPort(ip, port) });
    const nodePortAddresses = [...new Set([nodeAddress, '127.0.0.1', ...(network ? [network.hostAddress] : [])])];
    const table = { nodePortAddresses, apiServer: apiServerOf(server), dnsAddress: clusterDns };
    // Plain processes have loopback only: a ClusterIP outside of it can't be bound, which is said at start.
    const servable = ({ host }: ServiceForward) => network !== undefined || isLoopback(host);
    const update = () =>
      proxy.update(serviceForwards(services.lister.list(), slices.lister.list(), table).filter(servable));
    let pending = false;
    const changed = () => {
      if (pending) return;
      pending = true;
      clock.after(settleMs, () => {
        pending = false;
        void update();
      });
    };
    this.#closers.push(() => proxy.close());
    for (const informer of [services, slices]) {
      informer.addHandler({ added: changed, updated: changed, deleted: changed });
    }
    await update();
  }

  async #server(pods: PodManager): Promise<number> {
    const { certFile, keyFile, caFile, nodeName, nodeAddress, port, allowedClients } = this.#options;
    const tls = {
      cert: readFileSync(certFile, 'utf8'),
      key: readFileSync(keyFile, 'utf8'),
      ca: readFileSync(caFile, 'utf8'),
    };
    const server = new NodeServer({ ...this.#parts, pods, nodeName, tls, allowedClients, host: nodeAddress, port });
    const opened = await server.start();
    this.#closers.push(() => server.close());
    return opened;
  }

  async #register(
    client: Client,
    { network }: DetectedRuntime,
    { port, found }: { readonly port: number; readonly found: Registered },
  ): Promise<void> {
    const { nodeName, nodeAddress, dataDir } = this.#options;
    const registration = new Registration({
      ...this.#parts,
      found,
      client,
      identity: {
        name: nodeName,
        address: nodeAddress,
        podCidr: network ? formatCidr(network.podCidr) : this.#options.plainPodCidr,
        port,
        images: builtInImages.map(({ names }) => names),
      },
      figures: () => readMachineFigures(dataDir),
    });
    this.#closers.push(() => registration.close());
    await registration.start();
  }
}

function apiServerOf(server: string): Backend {
  const { hostname, port } = new URL(server);
  return { host: hostname, port: Number(port || 443) };
}
