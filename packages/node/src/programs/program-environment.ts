/**
 * What the built-in programs know of where they run: paths and ports behind the container's own, from the variables that
 * the plain-process runtime sets. In a container with namespaces these are not set, and nothing is translated.
 */
import { resolve } from 'node:path';
import { mappingOf, type PathMapping, resolveThroughMounts } from './path-mapping.ts';

export interface ProgramEnvironment {
  /** The path on the file system behind a path of the container. */
  path(containerPath: string): string;
  /**
   * The same for a directory that the image itself brings: a plain process has no file system of its own, so unless a
   * volume covers it, it is below the container's working directory, and never this machine's directory of that name.
   */
  imagePath(containerPath: string): string;
  /** The port to listen on for a port of the container. */
  port(containerPort: number): number;
  /** The address to listen on: the pod's, or undefined for all addresses of the container. */
  readonly host: string | undefined;
}

export function programEnvironment(env: NodeJS.ProcessEnv): ProgramEnvironment {
  const mounts: PathMapping[] = mappingOf(env['KINDRED_MOUNTS']);
  const ports = new Map(Object.entries(parseObject(env['KINDRED_PORT_MAP'])));
  return {
    path: (containerPath) => resolveThroughMounts(containerPath, mounts),
    imagePath(containerPath) {
      const behind = resolveThroughMounts(containerPath, mounts);
      const isPlain = env['KINDRED_MOUNTS'] !== undefined;
      return isPlain && behind === containerPath ? resolve('image', `.${containerPath}`) : behind;
    },
    port: (containerPort) => Number(ports.get(String(containerPort)) ?? containerPort),
    host: env['KINDRED_POD_IP'],
  };
}

function parseObject(text: string | undefined): object {
  const parsed: unknown = JSON.parse(text ?? '{}');
  return typeof parsed === 'object' && parsed !== null ? parsed : {};
}

/** Ends the program on SIGTERM and SIGINT: as process 1 of a container it would ignore them otherwise. */
export function endOnSignals(stop: () => void): void {
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
