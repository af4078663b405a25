/** Where commands about repositories and registries find their files, docker's credentials among them. */
import { join } from 'node:path';
import type { ChartPaths } from '../../repositories/chart-paths.ts';
import type { CommandContext } from '../command.ts';
import { homeDirectory } from '../paths.ts';

export function chartPaths({ settings, environment }: Pick<CommandContext, 'settings' | 'environment'>): ChartPaths {
  const { repositoryConfig, repositoryCache, contentCache, registryConfig } = settings;
  const docker = environment['DOCKER_CONFIG'] || join(homeDirectory(environment), '.docker');
  const registryFallbacks = [join(docker, 'config.json')];
  return { repositoryConfig, repositoryCache, contentCache, registryConfig, registryFallbacks };
}
