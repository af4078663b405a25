/** What every action works with: a cluster, the releases of one namespace, a clock, and somebody to tell things to. */
import type { Client } from '@kindred/client';
import { type Clock, systemClock } from '@kindred/machinery';
import type { FunctionProviders } from '../functions/function-table.ts';
import { type GeneratorStore, secretGeneratorStore } from '../release/generator-store.ts';
import type { ReleaseDriver } from '../release/release-driver.ts';
import { ReleaseStorage } from '../release/release-storage.ts';
import type { Capabilities } from '../render/capabilities.ts';
import type { Cluster } from '../resources/cluster.ts';
import { createKindMapper, type KindMapper } from '../resources/kind-mapper.ts';
import { TemplateCache } from '../template/template-cache.ts';
import type { ActionEvent } from './action-event.ts';
import { discoverCapabilities } from './capabilities.ts';

export interface ActionContext {
  readonly client: Client;
  readonly mapper: KindMapper;
  /** The namespace of the releases, and of objects that name none. */
  readonly namespace: string;
  readonly storage: ReleaseStorage;
  /** Where stable generators keep what they gave; undefined when nothing outlives the process. */
  readonly generators: GeneratorStore | undefined;
  readonly clock: Clock;
  /** Time, cryptography and names for templates. */
  readonly functions: FunctionProviders;
  /** Templates parsed already: a render is done again with what lookups answer. */
  readonly templates: TemplateCache;
  /** What the cluster can do: asked for anew by each action. */
  readonly capabilities: () => Promise<Capabilities>;
  /** Who works, for the lease: one for each process. */
  readonly identity: string;
  /** Stops an action: it ends with a failed release. The storage must not be stopped by it. */
  readonly signal: AbortSignal | undefined;
  readonly report: (event: ActionEvent) => void;
  readonly healthRule: Cluster['healthRule'];
}

export interface ActionContextOptions {
  readonly client: Client;
  readonly driver: ReleaseDriver;
  readonly namespace: string;
  /** Where the driver keeps its records, when that is another namespace. */
  readonly storageNamespace?: string | undefined;
  readonly functions: FunctionProviders;
  readonly identity: string;
  readonly clock?: Clock | undefined;
  /** Of whoever renders more than once; of this context alone when not given. */
  readonly templates?: TemplateCache | undefined;
  readonly mapper?: KindMapper | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly report?: ((event: ActionEvent) => void) | undefined;
  readonly capabilities?: (() => Promise<Capabilities>) | undefined;
  /** Rules of somebody's own for when objects are ready. */
  readonly healthRule?: Cluster['healthRule'];
}

/**
 * @example
 * const client = createClient(transport, { userAgent: 'helm', fieldManager: 'helm' });
 * const driver = secretDriver({ client, namespace, clock: systemClock });
 * const context = createActionContext({ client, driver, namespace, functions: nodeProviders(), identity: hostname() });
 * await install(context, { name: 'web', chart, values: new GoMap() });
 */
export function createActionContext(options: ActionContextOptions): ActionContext {
  const mapper = options.mapper ?? createKindMapper(options.client);
  const { client, driver, storageNamespace: namespace = options.namespace } = options;
  return {
    client,
    mapper,
    namespace: options.namespace,
    storage: new ReleaseStorage(driver),
    generators: driver.name === 'Memory' ? undefined : secretGeneratorStore({ client, namespace }),
    clock: options.clock ?? systemClock,
    functions: options.functions,
    templates: options.templates ?? new TemplateCache(),
    capabilities: options.capabilities ?? (() => discoverCapabilities(options.client, mapper, options.signal)),
    identity: options.identity,
    signal: options.signal,
    report: options.report ?? (() => undefined),
    healthRule: options.healthRule,
  };
}

/** The cluster as `resources` wants it. */
export function clusterOf(context: ActionContext): Cluster {
  const { client, mapper, namespace, clock, signal, report, healthRule } = context;
  return {
    client,
    mapper,
    namespace,
    clock,
    signal,
    report: (progress) => report({ type: 'resource', progress }),
    healthRule,
  };
}

/** Now, as Go prints times in JSON. */
export function timestamp({ clock }: ActionContext): string {
  return new Date(clock.now())
    .toISOString()
    .replace(/\.(\d*?)0*Z$/, (_, digits: string) => (digits === '' ? 'Z' : `.${digits}Z`));
}
