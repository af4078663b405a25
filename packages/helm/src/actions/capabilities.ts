/** What a cluster can do, for `.Capabilities`: its version, its group-versions and the kinds in them. */
import type { Client } from '@kindred/client';
import { compareText } from '../go/compare-text.ts';
import { ReleaseError } from '../release/release-error.ts';
import { type Capabilities, HELM_VERSION } from '../render/capabilities.ts';
import type { KindMapper } from '../resources/kind-mapper.ts';

/** Reads discovery anew. @throws ReleaseError when the server doesn't say its version */
export async function discoverCapabilities(
  client: Client,
  mapper: KindMapper,
  signal: AbortSignal | undefined,
): Promise<Capabilities> {
  mapper.reset();
  const [kubeVersion, apiVersions] = await Promise.all([serverVersion(client, signal), mapper.apiVersions(signal)]);
  return { kubeVersion, apiVersions: apiVersions.toSorted(compareText), helmVersion: HELM_VERSION };
}

/** Also tells whether the cluster can be reached. */
export async function serverVersion(client: Client, signal: AbortSignal | undefined): Promise<string> {
  const answer = await client.raw({ method: 'GET', path: '/version', signal }).catch((error: unknown) => {
    signal?.throwIfAborted();
    const text = error instanceof Error ? error.message : String(error);
    throw new ReleaseError('Failed', `kubernetes cluster unreachable: ${text}`, { cause: error });
  });
  if (typeof answer !== 'object' || answer === null || !('gitVersion' in answer)) {
    throw new ReleaseError('Failed', 'could not get server version from Kubernetes: it names no gitVersion');
  }
  return String(answer.gitVersion);
}
