/** What the containers of a hook wrote, where `helm.sh/hook-output-log-policy` asks for it. */
import { Pod } from '@kindred/apis/core/v1';
import { resourcePath } from '@kindred/client';
import type { ReleaseHook } from '../release/release.ts';
import type { Resource } from '../resources/resource.ts';
import type { HookHost } from './hook-host.ts';

export type HookOutcome = 'hook-succeeded' | 'hook-failed';

/** Tells the logs of a Job's or Pod's containers. */
export async function outputHookLogs(
  host: HookHost,
  hook: ReleaseHook,
  resource: Resource,
  outcome: HookOutcome,
): Promise<void> {
  if (!hook.outputLogPolicies.includes(outcome)) return;
  const { kind, name, namespace } = resource;
  if (kind.kind !== 'Job' && kind.kind !== 'Pod') return;
  const selector =
    kind.kind === 'Job' ? { labelSelector: `job-name=${name}` } : { fieldSelector: `metadata.name=${name}` };
  const { client, signal } = host.cluster;
  const { items } = await client.list(Pod, { namespace }, { ...selector, signal });
  for (const pod of items) {
    for (const container of [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]) {
      const text = await readLog(host, { namespace, name: pod.metadata.name ?? '' }, container.name);
      host.log({ hook, namespace, pod: pod.metadata.name ?? '', container: container.name, text });
    }
  }
}

async function readLog(
  { cluster }: HookHost,
  pod: { readonly namespace: string; readonly name: string },
  container: string,
): Promise<string> {
  const path = resourcePath(Pod, { ...pod, subresource: 'log' });
  const query = { container };
  const { body } = await cluster.client.rawStream({
    method: 'GET',
    path,
    query,
    accept: '*/*',
    signal: cluster.signal,
  });
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body) text += decoder.decode(bytes, { stream: true });
  return text + decoder.decode();
}
