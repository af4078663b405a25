/** A registry client with the certificates and credentials that flags and files give. */
import type { ProxyFor } from '@kindred/client';
import { readTlsMaterial } from '../http/tls-material.ts';
import { findCredential } from '../registry/credentials-file.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import type { ChartPaths } from './chart-paths.ts';
import type { ChartSource } from './chart-source.ts';

/** The caller closes it. Throws ChartError. */
export async function openRegistry(source: ChartSource, paths: ChartPaths, proxy?: ProxyFor): Promise<RegistryClient> {
  const { username = '', password = '', plainHttp = false, timeoutMs } = source;
  return new RegistryClient({
    plainHttp,
    tls: await readTlsMaterial(source),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(proxy === undefined ? {} : { proxy }),
    credential: async (host) =>
      username !== '' && password !== ''
        ? { kind: 'basic', username, password }
        : findCredential({ registryConfig: paths.registryConfig, fallbacks: paths.registryFallbacks ?? [] }, host),
  });
}
