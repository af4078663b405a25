/**
 * The admission chain: the plugins in their order and the webhooks after them, mutation apart from validation.
 */
import type { ServedResource } from '../resources/served-resource.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts';
import type { AdmissionWebhooks } from './webhooks/admission-webhooks.ts';

export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #webhooks: AdmissionWebhooks;
  readonly #applying = new WeakMap<ServedResource, Map<string, readonly AdmissionPlugin[]>>();

  constructor(plugins: readonly AdmissionPlugin[], webhooks: AdmissionWebhooks) {
    this.#plugins = plugins;
    this.#webhooks = webhooks;
  }

  /**
   * Lets plugins and webhooks change the object; undefined when none of them has to be waited for. What webhooks have
   * changed, the plugins see once more.
   *
   * @param prepareAgain called after webhooks changed the object, to undo what its kind doesn't let a client change.
   */
  admit(attributes: AdmissionAttributes, prepareAgain: () => void = nothing): Promise<void> | undefined {
    const pending = this.#run('admit', attributes, 0);
    const onChange = (): Promise<void> | undefined => {
      prepareAgain();
      return this.#run('admit', attributes, 0);
    };
    if (pending !== undefined) return pending.then(() => this.#webhooks.mutate(attributes, onChange));
    return this.#webhooks.mutate(attributes, onChange);
  }

  /** Whether some plugin or webhook will look at the object which may change it. */
  mayChange(attributes: AdmissionAttributes): boolean {
    return (
      this.#applyingTo(attributes).some(({ admit }) => admit !== undefined) || this.#webhooks.wouldMutate(attributes)
    );
  }

  /** Lets plugins and webhooks refuse the object; undefined when none of them has to be waited for. */
  validate(attributes: AdmissionAttributes): Promise<void> | undefined {
    const pending = this.#run('validate', attributes, 0);
    if (pending !== undefined) return pending.then(() => this.#webhooks.validate(attributes));
    return this.#webhooks.validate(attributes);
  }

  #run(phase: 'admit' | 'validate', attributes: AdmissionAttributes, first: number): Promise<void> | undefined {
    const plugins = this.#applyingTo(attributes);
    for (let index = first; index < plugins.length; index++) {
      const pending = plugins[index]?.[phase]?.(attributes);
      if (pending instanceof Promise) return pending.then(() => this.#run(phase, attributes, index + 1));
    }
    return undefined;
  }

  #applyingTo({ operation, working, resource, subresource }: AdmissionAttributes): readonly AdmissionPlugin[] {
    let known = this.#applying.get(working);
    if (known === undefined) this.#applying.set(working, (known = new Map()));
    const key = subresource === '' ? operation : `${operation} ${subresource}`;
    let plugins = known.get(key);
    if (plugins === undefined) {
      plugins = this.#plugins.filter(
        (plugin) =>
          plugin.operations.includes(operation) &&
          (plugin.handles?.(resource.group, resource.resource, subresource) ?? true),
      );
      known.set(key, plugins);
    }
    return plugins;
  }
}

function nothing(): void {}
