/** The arguments of container-init.sh for one container: what to mount where, as whom, and the program. */
import type { ContainerSpec } from './runtime.ts';

export interface ContainerInit {
  readonly spec: ContainerSpec;
  readonly directory: string;
  readonly upper: 'disk' | 'tmpfs';
  readonly layers: readonly string[];
  readonly hiddenPaths: readonly string[];
}

/** Volumes come after what they may cover; shorter mount paths before longer ones, so that nested mounts end on top. */
export function containerInitArguments({ spec, directory, upper, layers, hiddenPaths }: ContainerInit): string[] {
  const mounts = spec.mounts.toSorted((a, b) => a.mountPath.length - b.mountPath.length);
  return [
    directory,
    upper,
    spec.user ? `${spec.user.uid}:${spec.user.gid}:${spec.user.groups.join(',')}` : '-',
    spec.workingDir || '/',
    ...layers.flatMap((layer, index) => ['layer', layer, String(index + 1)]),
    ...hiddenPaths.flatMap((path) => ['hide', path]),
    ...spec.hostPaths.flatMap((path) => ['bind', path, path, 'ro']),
    ...mounts.flatMap((mount) => ['bind', mount.hostPath, mount.mountPath, mount.readOnly ? 'ro' : 'rw']),
    '--',
    ...spec.argv,
  ];
}
