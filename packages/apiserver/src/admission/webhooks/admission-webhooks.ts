/**
 * The webhooks of a cluster: those that its Mutating- and ValidatingWebhookConfigurations name, in the order of the
 * configurations' names. Read from the server's own memory, so a configuration counts from the write after it on.
 */
import type {
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration,
} from '@kindred/apis/admissionregistration/v1';
import type { ResourceRegistry } from '../../resources/registry.ts';
import type { ServedResource } from '../../resources/served-resource.ts';
import { openServiceLookup } from '../../services/service-endpoints.ts';
import type { ApiStorage, ResourceStorage } from '../../storage/resource-storage.ts';
import type { AdmissionAttributes } from '../plugin.ts';
import { type CallParts, mutate, validate } from './call-webhooks.ts';
import { mutatingWebhooks, validatingWebhooks, type Webhook } from './webhook.ts';
import type { CallerParts } from './webhook-caller.ts';
import { WebhookMetrics } from './webhook-metrics.ts';
import { type Invocation, invocationsFor } from './webhook-rules.ts';

const group = 'admissionregistration.k8s.io';

export interface AdmissionWebhooksOptions extends Omit<CallerParts, 'services'> {
  readonly storage: ApiStorage;
  readonly registry: ResourceRegistry;
}

/**
 * @example const webhooks = await openAdmissionWebhooks({ storage, registry, transport: httpsWebhooks(), clock, random, randomUuid });
 */
export async function openAdmissionWebhooks(options: AdmissionWebhooksOptions): Promise<AdmissionWebhooks> {
  const { storage, registry } = options;
  const mutating = await storage.open(group, 'mutatingwebhookconfigurations');
  const validating = await storage.open(group, 'validatingwebhookconfigurations');
  const parts = {
    ...options,
    services: await openServiceLookup(storage),
    namespaces: await storage.open('', 'namespaces'),
    metrics: new WebhookMetrics(),
  };
  return new AdmissionWebhooks(
    // What is stored has passed the checks of its kind.
    new WebhookSet(mutating, registry, (stored) => mutatingWebhooks(stored as MutatingWebhookConfiguration)),
    new WebhookSet(validating, registry, (stored) => validatingWebhooks(stored as ValidatingWebhookConfiguration)),
    parts,
  );
}

export class AdmissionWebhooks {
  readonly #mutating: WebhookSet;
  readonly #validating: WebhookSet;
  readonly #parts: CallParts;

  constructor(mutating: WebhookSet, validating: WebhookSet, parts: CallParts) {
    this.#mutating = mutating;
    this.#validating = validating;
    this.#parts = parts;
  }

  get metrics(): WebhookMetrics {
    return this.#parts.metrics;
  }

  /** Undefined when no mutating webhook wants the request. See `mutate`. */
  mutate(attributes: AdmissionAttributes, onChange: () => Promise<void> | undefined): Promise<void> | undefined {
    const invocations = this.#mutating.invocations(attributes);
    return invocations.length === 0 ? undefined : mutate(invocations, attributes, onChange, this.#parts);
  }

  /** Whether some mutating webhook wants the request. */
  wouldMutate(attributes: AdmissionAttributes): boolean {
    return this.#mutating.invocations(attributes).length > 0;
  }

  /** Undefined when no validating webhook wants the request. See `validate`. */
  validate(attributes: AdmissionAttributes): Promise<void> | undefined {
    const invocations = this.#validating.invocations(attributes);
    return invocations.length === 0 ? undefined : validate(invocations, attributes, this.#parts);
  }

  close(): void {
    this.#parts.transport.close();
  }
}

const none: readonly Invocation[] = [];

/** The webhooks of one kind of configuration, compiled anew when one of them has changed. */
class WebhookSet {
  readonly #configurations: ResourceStorage;
  readonly #registry: ResourceRegistry;
  readonly #compile: (configuration: unknown) => Webhook[];
  #revision = -1;
  #generation = -1;
  #webhooks: readonly Webhook[] = [];
  #known = new Map<string, Invocation[]>();

  constructor(
    configurations: ResourceStorage,
    registry: ResourceRegistry,
    compile: (configuration: unknown) => Webhook[],
  ) {
    this.#configurations = configurations;
    this.#registry = registry;
    this.#compile = compile;
  }

  invocations({ operation, requested, subresource }: AdmissionAttributes): readonly Invocation[] {
    if (this.#configurations.size === 0) return none;
    this.#refresh();
    const { group, version, resource } = requested.definition;
    const key = `${operation} ${group}/${version}/${resource}/${subresource}`;
    let found = this.#known.get(key);
    if (found === undefined) {
      const equivalents = this.#equivalents(requested);
      found = invocationsFor(this.#webhooks, { operation, resource: requested, subresource, equivalents });
      this.#known.set(key, found);
    }
    return found;
  }

  #refresh(): void {
    const { changedRevision } = this.#configurations;
    const { generation } = this.#registry;
    if (this.#revision === changedRevision && this.#generation === generation) return;
    this.#known.clear();
    this.#generation = generation;
    if (this.#revision === changedRevision) return;
    this.#revision = changedRevision;
    // Stored objects come in the order of their names.
    this.#webhooks = this.#configurations.list({}).items.flatMap((stored) => this.#compile(stored.object));
  }

  #equivalents(requested: ServedResource): ServedResource[] {
    const { storageGroup, definition } = requested;
    return [...this.#registry.all()].filter(
      (other) =>
        other !== requested && other.storageGroup === storageGroup && other.definition.resource === definition.resource,
    );
  }
}
