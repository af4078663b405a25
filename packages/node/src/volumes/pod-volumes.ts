/**
 * The volumes of one pod: made before its containers start, kept up to date while it runs, and the mounts of each
 * container from them. Kinds that need a storage driver are refused with a message.
 */
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container, Pod, Volume } from '@kindred/apis/core/v1';
import { ConfigError } from '../pods/config-error.ts';
import { expandReferences } from '../pods/expansion.ts';
import type { Mount } from '../runtime/runtime.ts';
import { writeVolume } from './atomic-writer.ts';
import { hostPathVolume } from './host-path.ts';
import { relativePath, VolumeError } from './volume-files.ts';
import { type VolumeContext, volumeFiles } from './volume-sources.ts';

export class PodVolumes {
  readonly #directory: string;
  readonly #paths = new Map<string, string>();
  /** Volumes that the node writes: containers only read them, and could lead the writer elsewhere if they might do more. */
  readonly #written = new Set<string>();

  /** `directory` is the pod's own. */
  constructor(directory: string) {
    this.#directory = join(directory, 'volumes');
  }

  /** Makes what is missing and rewrites what changed. @throws VolumeError that names the volume, when one can't be made. */
  async refresh(context: VolumeContext): Promise<void> {
    for (const volume of context.pod.spec?.volumes ?? []) {
      try {
        this.#paths.set(volume.name, await this.#make(volume, context));
      } catch (error) {
        if (!(error instanceof VolumeError)) throw error;
        throw new VolumeError(`MountVolume.SetUp failed for volume "${volume.name}" : ${error.message}`);
      }
    }
  }

  /** The mounts of a container. `env` is for subPathExpr. @throws ConfigError for a mount of a volume that isn't there. */
  mounts(container: Container, env: Readonly<Record<string, string>>): Mount[] {
    return (container.volumeMounts ?? []).map((mount) => {
      const path = this.#paths.get(mount.name);
      if (path === undefined) throw new ConfigError(`volumeMount "${mount.name}" names a volume that does not exist`);
      const subPath = mount.subPathExpr ? expandReferences(mount.subPathExpr, env) : (mount.subPath ?? '');
      return {
        hostPath: subPath === '' ? path : subPathOf(path, subPath),
        mountPath: mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`,
        readOnly: (mount.readOnly ?? false) || this.#written.has(mount.name),
      };
    });
  }

  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #make(volume: Volume, context: VolumeContext): Promise<string> {
    if (volume.hostPath) return hostPathVolume(volume.hostPath.path, volume.hostPath.type ?? '');
    const directory = join(this.#directory, volume.name);
    const group = groupOf(context.pod);
    const files = await volumeFiles(volume, context);
    if (files) {
      this.#written.add(volume.name);
      await writeVolume(directory, files, group === undefined ? {} : { group });
      return directory;
    }
    if (volume.emptyDir || isSourceless(volume)) return emptyDirectory(directory, group);
    const kind = Object.keys(volume).find((key) => key !== 'name');
    throw new VolumeError(`volumes of kind ${kind} are not supported by this node`);
  }
}

function groupOf(pod: Pod): number | undefined {
  return process.getuid?.() === 0 ? pod.spec?.securityContext?.fsGroup : undefined;
}

/** A volume without a source is an emptyDir. */
function isSourceless(volume: Volume): boolean {
  return Object.keys(volume).every((key) => key === 'name');
}

function emptyDirectory(directory: string, group: number | undefined): string {
  if (existsSync(directory)) return directory;
  mkdirSync(directory, { recursive: true });
  // Containers of one pod may run as different users and share it; the mode must not pass through the umask.
  chmodSync(directory, group === undefined ? 0o777 : 0o2777);
  if (group !== undefined) chownSync(directory, -1, group);
  return directory;
}

/** A subPath that isn't there becomes a directory. Links, which containers can make, may not lead out of the volume. */
function subPathOf(volume: string, subPath: string): string {
  const root = realpathSync(volume);
  let path = root;
  // Part by part, so that nothing is made behind a link before it is known where that leads.
  for (const part of relativePath(subPath).split('/')) {
    const next = join(path, part);
    if (lstatSync(next, { throwIfNoEntry: false }) === undefined) mkdirSync(next);
    path = realpathSync(next);
    if (path !== root && !path.startsWith(`${root}/`))
      throw new ConfigError(`subPath ${JSON.stringify(subPath)} leads out of its volume`);
  }
  return path;
}

/** An empty file that a container can be given, such as the one for its termination message. */
export function emptyFile(path: string): string {
  writeFileSync(path, '');
  chmodSync(path, 0o666);
  return path;
}
