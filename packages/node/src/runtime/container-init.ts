/** What container-init.sh is given for one container: its arguments, and the table of mounts (fstab(5)). Pure. */
import type { ContainerSpec, Mount } from './runtime.ts';

export interface ContainerInit {
  readonly spec: ContainerSpec;
  readonly directory: string;
  readonly skeleton: string;
  readonly upper: 'disk' | 'tmpfs';
  readonly layers: readonly string[];
  /** Those that exist. */
  readonly hiddenPaths: readonly string[];
  /** Whether a path of the machine is a directory. */
  readonly isDirectory: (path: string) => boolean;
}

const oldRoot = '/.kindred-host';

export function containerInitArguments({ spec, directory, skeleton, upper, isDirectory }: ContainerInit): string[] {
  const files = allMounts(spec).filter(({ hostPath }) => !isDirectory(hostPath));
  return [
    directory,
    skeleton,
    upper,
    spec.user ? `${spec.user.uid}:${spec.user.gid}:${spec.user.groups.join(',')}` : '-',
    spec.workingDir || '/',
    ...files.map(({ mountPath }) => mountPath),
    '--',
    ...spec.argv,
  ];
}

export function containerFstab({ spec, directory, upper, layers, hiddenPaths, isDirectory }: ContainerInit): string {
  const over = upper === 'disk' ? `${oldRoot}${directory}` : `${oldRoot}/unused`;
  const lines = [
    ['tmpfs', '/dev/shm', 'tmpfs', 'nosuid,nodev,mode=1777'],
    ['devpts', '/dev/pts', 'devpts', 'newinstance,ptmxmode=0666,mode=0620'],
    ['sysfs', '/sys', 'sysfs', 'ro,nosuid,nodev,noexec'],
    // In memory the layers of other disks stay without one of their own: they are shown read-only.
    ...layers.map((layer, index) =>
      upper === 'disk'
        ? [
            'overlay',
            layer,
            'overlay',
            `lowerdir=${oldRoot}${layer},upperdir=${over}/upper${index + 1},workdir=${over}/work${index + 1}`,
          ]
        : [`${oldRoot}${layer}`, layer, 'none', 'bind,ro'],
    ),
    ...hiddenPaths.map((path) => ['tmpfs', path, 'tmpfs', 'size=64k,mode=0755']),
    ...allMounts(spec).map(({ hostPath, mountPath, readOnly }) => {
      const make = isDirectory(hostPath) ? ',X-mount.mkdir' : '';
      return [`${oldRoot}${hostPath}`, mountPath, 'none', `bind${readOnly ? ',ro' : ''}${make}`];
    }),
  ];
  return lines.map((fields) => `${fields.map(escapeField).join(' ')} 0 0\n`).join('');
}

/** What programs need first, then volumes, shorter paths before longer ones, so that nested mounts end on top. */
function allMounts({ hostPaths, mounts }: ContainerSpec): Mount[] {
  return [
    ...hostPaths.map((path) => ({ hostPath: path, mountPath: path, readOnly: true })),
    ...mounts.toSorted((a, b) => a.mountPath.length - b.mountPath.length),
  ];
}

/** fstab(5): blanks and backslashes as octal. */
function escapeField(text: string): string {
  return text.replace(/[\s\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/**
 * Mounts of files whose place lies inside another volume: the file must be there before the mount.
 * Gives the paths on the machine.
 */
export function filesInsideVolumes(spec: ContainerSpec, isDirectory: (path: string) => boolean): string[] {
  const files = spec.mounts.filter(({ hostPath }) => !isDirectory(hostPath));
  return files.flatMap(({ mountPath }) => {
    const around = spec.mounts.filter(
      (other) => mountPath.startsWith(`${other.mountPath}/`) && isDirectory(other.hostPath),
    );
    const [nearest] = around.toSorted((a, b) => b.mountPath.length - a.mountPath.length);
    return nearest ? [nearest.hostPath + mountPath.slice(nearest.mountPath.length)] : [];
  });
}
