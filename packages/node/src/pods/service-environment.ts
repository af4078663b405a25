/** Environment variables for services (Kubernetes documentation, 'Discovering services'): KUBERNETES_SERVICE_HOST and kin. */
import type { ServiceAddress } from '../cluster/cluster.ts';

export interface ServiceEnvironmentOptions {
  readonly namespace: string;
  /** False leaves only the API server's own. */
  readonly enableServiceLinks: boolean;
  /** Where pods reach the API server when its ClusterIP can't be served. */
  readonly apiServer?: { readonly host: string; readonly port: number };
}

export function serviceEnvironment(
  services: readonly ServiceAddress[],
  options: ServiceEnvironmentOptions,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const service of services) {
    const master = service.namespace === 'default' && service.name === 'kubernetes';
    const linked = options.enableServiceLinks && service.namespace === options.namespace;
    if ((master || linked) && service.clusterIP !== 'None') Object.assign(env, variables(service));
  }
  if (options.apiServer) {
    env['KUBERNETES_SERVICE_HOST'] = options.apiServer.host;
    env['KUBERNETES_SERVICE_PORT'] = String(options.apiServer.port);
    env['KUBERNETES_SERVICE_PORT_HTTPS'] = String(options.apiServer.port);
  }
  return env;
}

function variables({ name, clusterIP, ports }: ServiceAddress): Record<string, string> {
  const prefix = environmentName(name);
  const [first] = ports;
  if (!first) return {};
  const env: Record<string, string> = {
    [`${prefix}_SERVICE_HOST`]: clusterIP,
    [`${prefix}_SERVICE_PORT`]: String(first.port),
    [`${prefix}_PORT`]: `${first.protocol.toLowerCase()}://${clusterIP}:${first.port}`,
  };
  for (const port of ports) {
    if (port.name !== '') env[`${prefix}_SERVICE_PORT_${environmentName(port.name)}`] = String(port.port);
    const protocol = port.protocol.toLowerCase();
    const one = `${prefix}_PORT_${port.port}_${port.protocol.toUpperCase()}`;
    env[one] = `${protocol}://${clusterIP}:${port.port}`;
    env[`${one}_PROTO`] = protocol;
    env[`${one}_PORT`] = String(port.port);
    env[`${one}_ADDR`] = clusterIP;
  }
  return env;
}

function environmentName(text: string): string {
  return text.toUpperCase().replaceAll('-', '_');
}
