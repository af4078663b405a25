/**
 * The probes of one running container (Kubernetes documentation, 'Configure Liveness, Readiness and Startup Probes'):
 * startup first, liveness and readiness once it has succeeded. Ends with the container.
 */
import type { Container, Probe } from '@kindred/apis/core/v1';
import type { Clock } from '@kindred/machinery';
import { type ProbeTarget, tryProbe } from './probe-action.ts';
import { countResult, noResults } from './probe-count.ts';

export type ProbeKind = 'Liveness' | 'Readiness' | 'Startup';

export interface ProbeReactions {
  /** `started` and `ready` as they are now. Called only when one changes. */
  changed(state: { readonly started: boolean; readonly ready: boolean }): void;
  /** One failed try. */
  unhealthy(kind: ProbeKind, message: string): void;
  /** Too many failed tries: the container is to be restarted, with the probe's own grace if it has one. */
  failed(kind: 'Liveness' | 'Startup', graceSeconds: number | undefined): void;
}

/**
 * A program needs a moment until it answers. Within the first period failures are not counted and tried again after short
 * pauses: otherwise a container that is ready after 50 ms would be found so only a whole period later.
 */
const firstPauseMs = 50;
const longestPauseMs = 1000;

export class ContainerProbes {
  readonly #container: Container;
  readonly #target: ProbeTarget;
  readonly #clock: Clock;
  readonly #reactions: ProbeReactions;
  readonly #timers = new Map<ProbeKind, () => void>();
  #started: boolean;
  #ready: boolean;
  #closed = false;

  constructor(container: Container, target: ProbeTarget, clock: Clock, reactions: ProbeReactions) {
    this.#container = container;
    this.#target = target;
    this.#clock = clock;
    this.#reactions = reactions;
    this.#started = container.startupProbe === undefined;
    this.#ready = this.#started && container.readinessProbe === undefined;
  }

  get started(): boolean {
    return this.#started;
  }

  get ready(): boolean {
    return this.#ready;
  }

  start(): void {
    const { startupProbe } = this.#container;
    if (startupProbe) this.#run('Startup', startupProbe);
    else this.#runOthers();
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #runOthers(): void {
    const { livenessProbe, readinessProbe } = this.#container;
    if (livenessProbe) this.#run('Liveness', livenessProbe);
    if (readinessProbe) this.#run('Readiness', readinessProbe);
  }

  #run(kind: ProbeKind, probe: Probe): void {
    const period = (probe.periodSeconds ?? 10) * 1000;
    const thresholds = {
      successThreshold: probe.successThreshold ?? 1,
      failureThreshold: probe.failureThreshold ?? 3,
    };
    const delay = (probe.initialDelaySeconds ?? 0) * 1000;
    const settled = this.#clock.now() + delay + period;
    let pause = firstPauseMs;
    let count = noResults;
    const once = async () => {
      const result = await tryProbe(probe, this.#target, (probe.timeoutSeconds ?? 1) * 1000);
      if (this.#closed) return;
      if (!result.success && count === noResults && this.#clock.now() + pause < settled) {
        this.#timers.set(
          kind,
          this.#clock.after(pause, () => void once()),
        );
        pause = Math.min(pause * 2, longestPauseMs);
        return;
      }
      const before = count.outcome;
      count = countResult(count, result.success, thresholds);
      if (!result.success) this.#reactions.unhealthy(kind, result.message);
      if (count.outcome !== before) this.#outcome(kind, probe, count.outcome === 'success');
      const over = kind === 'Startup' && count.outcome !== 'unknown';
      if (!over && !this.#closed)
        this.#timers.set(
          kind,
          this.#clock.after(period, () => void once()),
        );
    };
    this.#timers.set(
      kind,
      this.#clock.after(delay, () => void once()),
    );
  }

  #outcome(kind: ProbeKind, probe: Probe, success: boolean): void {
    if (kind === 'Readiness') this.#set({ ready: success });
    else if (!success) this.#reactions.failed(kind, probe.terminationGracePeriodSeconds);
    else if (kind === 'Startup') {
      this.#set({ started: true, ready: this.#container.readinessProbe === undefined });
      this.#runOthers();
    }
  }

  #set(state: { readonly started?: boolean; readonly ready: boolean }): void {
    const started = state.started ?? this.#started;
    if (started === this.#started && state.ready === this.#ready) return;
    this.#started = started;
    this.#ready = state.ready;
    this.#reactions.changed({ started, ready: state.ready });
  }
}
