/** Discovery of what this server serves itself, for one without APIServices. */
import type { ResourceRegistry } from '../resources/registry.ts';
import { localPriorities } from './priorities.ts';
import type { DiscoverySource } from './served-groups.ts';

export function localDiscovery(registry: ResourceRegistry): DiscoverySource {
  return {
    get generation() {
      return registry.generation;
    },
    local: () => registry.groupVersions(),
    elsewhere: () => [],
    prioritiesOf: localPriorities,
  };
}
