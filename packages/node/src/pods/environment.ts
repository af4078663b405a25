/**
 * The environment of a container: the image's, the services', envFrom, env with valueFrom and $(NAME) references, later
 * ones over earlier ones (Kubernetes documentation, 'Define Environment Variables for a Container').
 */
import type { Container, EnvFromSource, EnvVar, Pod } from '@kindred/apis/core/v1';
import type { Cluster } from '../cluster/cluster.ts';
import { ConfigError } from './config-error.ts';
import { expandReferences } from './expansion.ts';
import { type NodeFigures, podField, resourceField } from './field-ref.ts';

export interface EnvironmentSources {
  readonly pod: Pod;
  readonly container: Container;
  readonly cluster: Pick<Cluster, 'configMap' | 'secret'>;
  readonly podIPs: readonly string[];
  readonly node: NodeFigures;
  /** What the container starts from: image and service variables. */
  readonly base: Readonly<Record<string, string>>;
}

/** @throws ConfigError that names the missing object or key. */
export async function containerEnvironment(sources: EnvironmentSources): Promise<Record<string, string>> {
  const env: Record<string, string> = { ...sources.base };
  for (const source of sources.container.envFrom ?? []) {
    for (const [key, value] of Object.entries(await wholeObject(sources, source))) {
      env[(source.prefix ?? '') + key] = value;
    }
  }
  for (const variable of sources.container.env ?? []) {
    const value = await variableValue(sources, variable, env);
    if (value !== undefined) env[variable.name] = value;
  }
  return env;
}

async function variableValue(
  sources: EnvironmentSources,
  variable: EnvVar,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const from = variable.valueFrom;
  if (!from) return expandReferences(variable.value ?? '', env);
  const { pod, container, podIPs, node } = sources;
  if (from.fieldRef) {
    const value = podField(pod, from.fieldRef.fieldPath, podIPs, node);
    if (value === undefined) throw new ConfigError(`unsupported pod field path: ${from.fieldRef.fieldPath}`);
    return value;
  }
  if (from.resourceFieldRef) return resourceField(pod, from.resourceFieldRef, container, node);
  if (from.configMapKeyRef) return oneKey(sources, 'configmap', from.configMapKeyRef);
  if (from.secretKeyRef) return oneKey(sources, 'secret', from.secretKeyRef);
  throw new ConfigError(`environment variable ${variable.name}: its valueFrom is not supported by this node`);
}

interface KeyRef {
  readonly name?: string;
  readonly key: string;
  readonly optional?: boolean;
}

async function oneKey(sources: EnvironmentSources, kind: ObjectKind, ref: KeyRef): Promise<string | undefined> {
  const data = await objectData(sources, kind, ref.name ?? '');
  const value = data?.[ref.key];
  if (value !== undefined || ref.optional) return value;
  const { namespace } = sources.pod.metadata;
  if (!data) throw new ConfigError(`${kind} "${ref.name}" not found`);
  throw new ConfigError(`couldn't find key ${ref.key} in ${kindNames[kind]} ${namespace}/${ref.name}`);
}

async function wholeObject(sources: EnvironmentSources, source: EnvFromSource): Promise<Record<string, string>> {
  const kind: ObjectKind = source.secretRef ? 'secret' : 'configmap';
  const ref = source.secretRef ?? source.configMapRef ?? {};
  const data = await objectData(sources, kind, ref.name ?? '');
  if (!data && !ref.optional) throw new ConfigError(`${kind} "${ref.name}" not found`);
  return data ?? {};
}

type ObjectKind = 'configmap' | 'secret';
const kindNames = { configmap: 'ConfigMap', secret: 'Secret' } as const;

async function objectData(
  { pod, cluster }: EnvironmentSources,
  kind: ObjectKind,
  name: string,
): Promise<Record<string, string> | undefined> {
  const namespace = pod.metadata.namespace ?? '';
  if (kind === 'configmap') {
    const object = await cluster.configMap(namespace, name);
    return object && (object.data ?? {});
  }
  const object = await cluster.secret(namespace, name);
  if (!object) return undefined;
  const entries = Object.entries(object.data ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]));
}
