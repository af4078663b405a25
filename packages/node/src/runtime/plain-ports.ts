/** Ports of plain processes that an ordinary user may not listen on move up. Pure. */

/** Added to ports that an ordinary user may not listen on: 80 becomes 20080. */
const lowPortOffset = 20_000;

export function mappedPort(port: number, firstFreePort: number): number {
  return port < firstFreePort ? port + lowPortOffset : port;
}

/** Only the ports that move. */
export function portMap(ports: readonly number[], firstFreePort: number): Record<string, number> {
  const moved = ports.filter((port) => port < firstFreePort);
  return Object.fromEntries(moved.map((port) => [String(port), mappedPort(port, firstFreePort)]));
}
