/** A bare reference server as a process of its own (`bare-server.ts`), on a free port of loopback. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./bare-server.js', import.meta.url));

export type BareKind = 'http' | 'send' | 'create';

export interface BareProcess {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/** @param files what the kind takes after its name; see `bare-server.ts`. */
export async function startBare(kind: BareKind, files: readonly string[] = []): Promise<BareProcess> {
  const child = spawn(process.execPath, [program, kind, ...files], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    pid: child.pid ?? -1,
    port: Number(line.toString()),
    async stop() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
