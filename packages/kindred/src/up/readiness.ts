/**
 * What `/readyz` tells of the platform: every part is named before the port opens, and counts as serving only while it
 * says so. Thus 200 means that all of it serves, from the first request on.
 */
import type { HealthCheck } from '@kindred/apiserver';

export class Readiness {
  readonly #problems = new Map<string, string | undefined>();

  /** @param parts as `/readyz?verbose` shows them */
  constructor(parts: readonly string[]) {
    for (const part of parts) this.#problems.set(part, 'has not started yet');
  }

  /** The part serves now. */
  serves(part: string): void {
    this.#problems.set(part, undefined);
  }

  /** The part does not serve any more. */
  fails(part: string, problem: string): void {
    this.#problems.set(part, problem);
  }

  checks(): HealthCheck[] {
    return [...this.#problems.keys()].map((name) => ({ name, check: () => this.#problems.get(name) }));
  }
}
