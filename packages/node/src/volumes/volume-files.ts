/** Files of a configMap, secret, projected or downwardAPI volume as a value, before anything is written. */

export interface VolumeFile {
  /** Relative to the volume, with slashes. */
  readonly path: string;
  readonly content: Buffer;
  /** Permission bits. */
  readonly mode: number;
}

/** A volume can't be made as things are: message for the FailedMount event. The pod waits and it is tried again. */
export class VolumeError extends Error {}

interface KeyItem {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}

export interface KeySelection {
  readonly items?: readonly KeyItem[];
  readonly optional?: boolean;
  readonly defaultMode: number;
  /** `configmap "web"`: begins the message when a key is missing. */
  readonly describe: string;
}

/** All keys as files of their names, or the chosen ones under their paths. @throws VolumeError for a key that isn't there. */
export function filesOfKeys(data: ReadonlyMap<string, Buffer>, selection: KeySelection): VolumeFile[] {
  const { items, optional, defaultMode, describe } = selection;
  if (!items) return [...data].map(([key, content]) => ({ path: safePath(key), content, mode: defaultMode }));
  return items.flatMap(({ key, path, mode }) => {
    const content = data.get(key);
    if (content) return [{ path: safePath(path), content, mode: mode ?? defaultMode }];
    if (optional) return [];
    throw new VolumeError(`${describe} references non-existent config key: ${key}`);
  });
}

/** @throws VolumeError for a path that would leave the volume, or that the volume's own entries (`..data`) are called by. */
export function safePath(path: string): string {
  const file = relativePath(path);
  if (file.startsWith('..')) throw new VolumeError(`file path ${JSON.stringify(path)} must not start with ".."`);
  return file;
}

/** @throws VolumeError for a path that would leave its directory. */
export function relativePath(path: string): string {
  if (path === '' || path.startsWith('/') || path.split('/').includes('..')) {
    throw new VolumeError(`file path ${JSON.stringify(path)} must be relative and must not contain ".."`);
  }
  return path;
}
