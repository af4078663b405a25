/** Collects the files of configMap, secret, downwardAPI and projected volumes from the cluster's objects. */
import type { DownwardAPIVolumeFile, Pod, Volume, VolumeProjection } from '@kindred/apis/core/v1';
import type { Cluster } from '../cluster/cluster.ts';
import { type NodeFigures, podField, resourceField } from '../pods/field-ref.ts';
import type { TokenSource } from './service-account-token.ts';
import { filesOfKeys, type KeySelection, safePath, VolumeError, type VolumeFile } from './volume-files.ts';

export interface VolumeContext {
  readonly pod: Pod;
  readonly cluster: Pick<Cluster, 'configMap' | 'secret'>;
  readonly tokens: TokenSource;
  readonly podIPs: readonly string[];
  readonly node: NodeFigures;
}

const usualMode = 0o644;

/** undefined for a volume that isn't made of files of the cluster. @throws VolumeError when an object or key is missing. */
export async function volumeFiles(volume: Volume, context: VolumeContext): Promise<VolumeFile[] | undefined> {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap) {
    return configMapFiles(context, configMap.name ?? '', selectionOf(configMap, configMap.defaultMode ?? usualMode));
  }
  if (secret) {
    return secretFiles(context, secret.secretName ?? '', selectionOf(secret, secret.defaultMode ?? usualMode));
  }
  if (downwardAPI) return downwardFiles(context, downwardAPI.items ?? [], downwardAPI.defaultMode ?? usualMode);
  if (!projected) return undefined;
  const mode = projected.defaultMode ?? usualMode;
  const parts = await Promise.all((projected.sources ?? []).map((source) => projectedFiles(context, source, mode)));
  return parts.flat();
}

async function projectedFiles(context: VolumeContext, source: VolumeProjection, mode: number): Promise<VolumeFile[]> {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source;
  if (configMap) return configMapFiles(context, configMap.name ?? '', selectionOf(configMap, mode));
  if (secret) return secretFiles(context, secret.name ?? '', selectionOf(secret, mode));
  if (downwardAPI) return downwardFiles(context, downwardAPI.items ?? [], mode);
  if (serviceAccountToken) {
    const token = await context.tokens.token(context.pod, serviceAccountToken);
    // A program that runs as another user must be able to read its own token.
    const tokenMode = runsAsOther(context.pod) ? 0o644 : mode & 0o600 || 0o600;
    return [{ path: safePath(serviceAccountToken.path), content: Buffer.from(token), mode: tokenMode }];
  }
  throw new VolumeError('a projected source of this kind is not supported by this node');
}

function runsAsOther({ spec }: Pod): boolean {
  const all = [spec, ...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return all.some((each) => each?.securityContext?.runAsUser !== undefined);
}

interface Selecting {
  readonly items?: { key: string; path: string; mode?: number }[];
  readonly optional?: boolean;
}

function selectionOf({ items, optional }: Selecting, defaultMode: number): Omit<KeySelection, 'describe'> {
  return { defaultMode, ...(items && { items }), ...(optional && { optional }) };
}

async function configMapFiles(context: VolumeContext, name: string, selection: Omit<KeySelection, 'describe'>) {
  const describe = `configmap "${name}"`;
  const object = await context.cluster.configMap(context.pod.metadata.namespace ?? '', name);
  if (!object) return missing(describe, selection);
  const data = new Map<string, Buffer>();
  for (const [key, text] of Object.entries(object.data ?? {})) data.set(key, Buffer.from(text, 'utf8'));
  for (const [key, text] of Object.entries(object.binaryData ?? {})) data.set(key, Buffer.from(text, 'base64'));
  return filesOfKeys(data, { ...selection, describe });
}

async function secretFiles(context: VolumeContext, name: string, selection: Omit<KeySelection, 'describe'>) {
  const describe = `secret "${name}"`;
  const object = await context.cluster.secret(context.pod.metadata.namespace ?? '', name);
  if (!object) return missing(describe, selection);
  const data = new Map<string, Buffer>();
  for (const [key, text] of Object.entries(object.data ?? {})) data.set(key, Buffer.from(text, 'base64'));
  return filesOfKeys(data, { ...selection, describe });
}

function missing(describe: string, { optional }: { readonly optional?: boolean }): VolumeFile[] {
  if (optional) return [];
  throw new VolumeError(`${describe} not found`);
}

function downwardFiles(context: VolumeContext, items: readonly DownwardAPIVolumeFile[], mode: number): VolumeFile[] {
  const { pod, podIPs, node } = context;
  const [container] = pod.spec?.containers ?? [];
  return items.map((item) => {
    const text = item.fieldRef
      ? podField(pod, item.fieldRef.fieldPath, podIPs, node)
      : item.resourceFieldRef && container && resourceField(pod, item.resourceFieldRef, container, node);
    if (text === undefined) throw new VolumeError(`downwardAPI file ${item.path}: its field is not known`);
    return { path: safePath(item.path), content: Buffer.from(text), mode: item.mode ?? mode };
  });
}
