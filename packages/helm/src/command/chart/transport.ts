/** How the command reaches other places: through the environment's proxies, by plugins for schemes of their own. */
import { type ProxyFor, proxyFromEnvironment } from '@kindred/client';
import type { FindGetter } from '../../repositories/getter.ts';
import type { CommandContext } from '../command.ts';

export interface Transport {
  readonly proxy: ProxyFor;
  readonly getter: FindGetter;
  readonly signal: AbortSignal;
}

export function transport(context: CommandContext): Transport {
  return {
    proxy: proxyFromEnvironment(context.environment),
    // Plugins are only read for schemes that nobody else knows.
    getter: async (scheme) => {
      const { pluginGetter } = await import('../plugin/plugin-getter.ts');
      return pluginGetter(context, scheme);
    },
    signal: context.signal,
  };
}
