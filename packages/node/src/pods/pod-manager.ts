/** The pods of this node: a worker for each, made when the pod is bound here, gone when nothing of it is left. */
import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from '@kindred/apis/core/v1';
import type { NodeContext } from './node-context.ts';
import { PodWorker } from './pod-worker.ts';

export class PodManager {
  readonly #context: NodeContext;
  readonly #workers = new Map<string, PodWorker>();

  constructor(context: NodeContext) {
    this.#context = context;
  }

  /** The pod is there, or changed. */
  update(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const worker = this.#workers.get(uid);
    if (worker) return worker.update(pod);
    const created = new PodWorker(this.#context, pod);
    this.#workers.set(uid, created);
    void created.done.then(() => this.#workers.delete(uid));
  }

  /** The object is gone. */
  remove(pod: Pod): void {
    this.#workers.get(pod.metadata.uid ?? '')?.remove();
  }

  find(namespace: string, name: string): PodWorker | undefined {
    return this.workers().find(({ pod }) => pod.metadata.namespace === namespace && pod.metadata.name === name);
  }

  workers(): PodWorker[] {
    return [...this.#workers.values()];
  }

  /** Deletes the files of pods that no longer exist. Called once, with the uids of all pods bound here. */
  async removeLeftovers(uids: ReadonlySet<string>): Promise<void> {
    const pods = join(this.#context.dataDir, 'pods');
    const logs = join(this.#context.dataDir, 'logs');
    const old = entries(pods).filter((uid) => !uids.has(uid));
    const oldLogs = entries(logs).filter((name) => !uids.has(name.slice(name.lastIndexOf('_') + 1)));
    const paths = [...old.map((uid) => join(pods, uid)), ...oldLogs.map((name) => join(logs, name))];
    await Promise.all(paths.map((path) => rm(path, { recursive: true, force: true })));
  }

  /** Stops all processes of all pods within the grace; the objects stay. */
  async close(graceSeconds: number): Promise<void> {
    await Promise.all(this.workers().map((worker) => worker.close(graceSeconds)));
  }
}

function entries(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
