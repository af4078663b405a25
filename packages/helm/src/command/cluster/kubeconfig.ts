/** The kubeconfig that the settings mean. */
import { type Kubeconfig, loadKubeconfig } from '@kindred/client';
import type { CommandContext } from '../command.ts';

export function loadSettingsKubeconfig({ settings, environment }: CommandContext): Promise<Kubeconfig> {
  return loadKubeconfig({
    path: settings.kubeconfig === '' ? undefined : settings.kubeconfig,
    env: environment,
  });
}
