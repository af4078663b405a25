/** Turns a container of a pod spec into what the runtime starts: command, environment, mounts, user. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Container, Pod } from '@kindred/apis/core/v1';
import type { ResolvedImage } from '../images/image-store.ts';
import type { ContainerSpec, Mount, ProcessUser } from '../runtime/runtime.ts';
import { emptyFile, type PodVolumes } from '../volumes/pod-volumes.ts';
import { ConfigError } from './config-error.ts';
import { containerEnvironment } from './environment.ts';
import { expandReferences } from './expansion.ts';
import type { NodeContext } from './node-context.ts';
import { podHostname } from './pod-directory.ts';
import { serviceEnvironment } from './service-environment.ts';

export interface ContainerIntent {
  readonly pod: Pod;
  readonly container: Container;
  readonly image: ResolvedImage;
  readonly podIP: string;
  readonly volumes: PodVolumes;
  /** /etc/hosts and its like. */
  readonly etcMounts: readonly Mount[];
  /** The container's directory in the pod's; this start gets one below it. */
  readonly directory: string;
}

export interface PreparedContainer {
  readonly spec: Omit<ContainerSpec, 'onOutput'>;
  /** The file behind terminationMessagePath. */
  readonly terminationMessage: string;
}

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** @throws ConfigError when the environment, a mount or the user can't be had. */
export async function prepareContainer(context: NodeContext, intent: ContainerIntent): Promise<PreparedContainer> {
  const { pod, container, image, podIP, volumes } = intent;
  const env = await containerEnvironment({
    pod,
    container,
    cluster: context.cluster,
    podIPs: [podIP],
    node: context.figures,
    base: baseEnvironment(context, intent),
  });
  const id = context.newContainerId();
  const directory = join(intent.directory, id.slice(0, 12));
  mkdirSync(directory, { recursive: true });
  const terminationMessage = emptyFile(join(directory, 'termination-log'));
  const messagePath = container.terminationMessagePath || '/dev/termination-log';
  const user = processUser(pod, container);
  const spec = {
    id,
    name: container.name,
    argv: argvOf(container, image, env),
    env,
    workingDir: container.workingDir || image.workingDir,
    mounts: [
      ...intent.etcMounts,
      ...volumes.mounts(container, env),
      { hostPath: terminationMessage, mountPath: messagePath, readOnly: false },
    ],
    hostPaths: [...image.hostPaths, ...namedHostPaths(image, env)],
    ports: portsOf(pod, image),
    directory,
    ...(user && { user }),
  };
  return { spec, terminationMessage };
}

function baseEnvironment(context: NodeContext, { pod, image }: ContainerIntent): Record<string, string> {
  const namespace = pod.metadata.namespace ?? '';
  return {
    PATH: searchPath,
    HOSTNAME: podHostname(pod),
    HOME: '/root',
    ...(context.egressProxy && image.usesEgressProxy && proxyVariables(context.egressProxy)),
    ...image.env,
    ...serviceEnvironment(context.cluster.services(namespace), {
      namespace,
      enableServiceLinks: pod.spec?.enableServiceLinks ?? true,
      ...(context.apiServer && { apiServer: context.apiServer }),
    }),
  };
}

function proxyVariables(proxy: string): Record<string, string> {
  return { http_proxy: proxy, https_proxy: proxy, no_proxy: 'localhost,127.0.0.1,.svc,.cluster.local,10.0.0.0/8' };
}

/** `command` replaces the image's entrypoint and its cmd, `args` the cmd (documentation, 'Define a Command'). */
function argvOf(container: Container, image: ResolvedImage, env: Readonly<Record<string, string>>): string[] {
  const command = container.command?.length ? container.command : undefined;
  const args = container.args?.length ? container.args : undefined;
  const argv = command ? [...command, ...(args ?? [])] : [...image.entrypoint, ...(args ?? image.cmd)];
  if (argv.length === 0) throw new ConfigError('no command specified');
  return argv.map((part) => expandReferences(part, env));
}

function processUser(pod: Pod, container: Container): ProcessUser | undefined {
  const podContext = pod.spec?.securityContext;
  const own = container.securityContext;
  const uid = own?.runAsUser ?? podContext?.runAsUser;
  const nonRoot = own?.runAsNonRoot ?? podContext?.runAsNonRoot;
  if (nonRoot && (uid ?? 0) === 0) throw new ConfigError('container has runAsNonRoot and image will run as root');
  const gid = own?.runAsGroup ?? podContext?.runAsGroup;
  const groups = [...(podContext?.supplementalGroups ?? [])];
  if (podContext?.fsGroup !== undefined) groups.push(podContext.fsGroup);
  if (uid === undefined && gid === undefined && groups.length === 0) return undefined;
  return { uid: uid ?? 0, gid: gid ?? 0, groups };
}

/** Directories of this machine that a variable names by path or file:// URL, where the image asks for that. */
function namedHostPaths(image: ResolvedImage, env: Readonly<Record<string, string>>): string[] {
  return image.hostPathVariables.flatMap((name) => {
    const value = env[name] ?? '';
    const path = value.startsWith('file://') ? fileURLToPath(value) : value;
    return path.startsWith('/') && existsSync(path) ? [path] : [];
  });
}

function portsOf(pod: Pod, image: ResolvedImage): number[] {
  const declared = (pod.spec?.containers ?? []).flatMap(({ ports }) => (ports ?? []).map((port) => port.containerPort));
  return [...new Set([...declared, ...image.exposedPorts])];
}
