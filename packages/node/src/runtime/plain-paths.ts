/** How plain processes see mount paths and low ports: pure rules, shared by the runtime and the built-in programs. */

export interface PathMapping {
  readonly hostPath: string;
  readonly mountPath: string;
}

/** Added to ports that an ordinary user may not listen on: 80 becomes 20080. */
const lowPortOffset = 20_000;

/** The path on this machine behind `path` of a container: through the longest mount path that holds it, else itself. */
export function resolveThroughMounts(path: string, mounts: readonly PathMapping[]): string {
  let best: PathMapping | undefined;
  for (const mount of mounts) {
    const within = path === mount.mountPath || path.startsWith(`${mount.mountPath.replace(/\/$/, '')}/`);
    if (within && (!best || mount.mountPath.length > best.mountPath.length)) best = mount;
  }
  return best ? best.hostPath + path.slice(best.mountPath.replace(/\/$/, '').length) : path;
}

export function mappedPort(port: number, firstFreePort: number): number {
  return port < firstFreePort ? port + lowPortOffset : port;
}

/** Only the ports that move. */
export function portMap(ports: readonly number[], firstFreePort: number): Record<string, number> {
  const moved = ports.filter((port) => port < firstFreePort);
  return Object.fromEntries(moved.map((port) => [String(port), mappedPort(port, firstFreePort)]));
}
