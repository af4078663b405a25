/**
 * The admission chain: the plugins in their order, mutation apart from validation.
 */
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts';

export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins;
  }

  /** Lets the plugins change the object; undefined when none of them has to be waited for. */
  admit(attributes: AdmissionAttributes): Promise<void> | undefined {
    return this.#run('admit', attributes, 0);
  }

  /** Lets the plugins refuse the object; undefined when none of them has to be waited for. */
  validate(attributes: AdmissionAttributes): Promise<void> | undefined {
    return this.#run('validate', attributes, 0);
  }

  #run(phase: 'admit' | 'validate', attributes: AdmissionAttributes, first: number): Promise<void> | undefined {
    for (let index = first; index < this.#plugins.length; index++) {
      const plugin = this.#plugins[index];
      if (plugin === undefined || !applies(plugin, attributes)) continue;
      const pending = plugin[phase]?.(attributes);
      if (pending instanceof Promise) return pending.then(() => this.#run(phase, attributes, index + 1));
    }
    return undefined;
  }
}

function applies(plugin: AdmissionPlugin, { operation, resource, subresource }: AdmissionAttributes): boolean {
  if (!plugin.operations.includes(operation)) return false;
  return plugin.handles?.(resource.group, resource.resource, subresource) ?? true;
}
