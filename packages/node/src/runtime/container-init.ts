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
    ...spec.argv.slice(0, 1),
    ...setAfterTheShell(spec.env),
    ...spec.argv,
  ];
}

/** The environment of the shell that runs container-init.sh: what of the container's it hands on as it is. */
export function containerInitEnvironment(env: ContainerSpec['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => passesThroughShell(name)));
}

/**
 * The rest is set by env(1), as arguments: for a moment any user of this machine may read them, so they are only those
 * that cannot go the other way.
 */
function setAfterTheShell(env: ContainerSpec['env']): string[] {
  const variables = Object.entries(env).filter(([name]) => !passesThroughShell(name));
  return variables.length === 0 ? [] : ['/usr/bin/env', ...variables.map(([name, value]) => `${name}=${value}`)];
}

/** Variables that shells set themselves, those of the script (`own_`), and those that the loader of every helper obeys. */
const notForTheShell = /^(IFS|OLDPWD|OPTIND|PPID|PWD|own_.*|LD_.*)$/;

/** Shells drop what isn't a name in their language, such as `log.level`. */
function passesThroughShell(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !notForTheShell.test(name);
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
