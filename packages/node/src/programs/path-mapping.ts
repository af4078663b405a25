/** How a program of a plain-process container finds its volumes: mount path → directory (KINDRED_MOUNTS). Pure. */

export interface PathMapping {
  readonly hostPath: string;
  readonly mountPath: string;
}

/** The path on this machine behind `path` of a container: through the longest mount path that holds it, else itself. */
export function resolveThroughMounts(path: string, mounts: readonly PathMapping[]): string {
  let best: PathMapping | undefined;
  for (const mount of mounts) {
    const within = path === mount.mountPath || path.startsWith(`${mount.mountPath.replace(/\/$/, '')}/`);
    if (within && (!best || mount.mountPath.length > best.mountPath.length)) best = mount;
  }
  return best ? best.hostPath + path.slice(best.mountPath.replace(/\/$/, '').length) : path;
}

/** Reads a JSON object mountPath → directory. */
export function mappingOf(json: string | undefined): PathMapping[] {
  const parsed: unknown = JSON.parse(json ?? '{}');
  if (typeof parsed !== 'object' || parsed === null) return [];
  return Object.entries(parsed).map(([mountPath, hostPath]) => ({ mountPath, hostPath: String(hostPath) }));
}
