/**
 * Tokens for projected volumes: asked for by TokenRequest, bound to the pod, and asked for anew when 80 % of their life is
 * over or they are a day old, as the kubelet does.
 */
import type { Pod, ServiceAccountTokenProjection } from '@kindred/apis/core/v1';
import type { Clock } from '@kindred/machinery';
import type { Cluster, IssuedToken } from '../cluster/cluster.ts';

interface Held {
  readonly issued: IssuedToken;
  readonly refreshAt: number;
}

const dayMs = 24 * 3600 * 1000;

export class TokenSource {
  readonly #cluster: Pick<Cluster, 'createToken'>;
  readonly #clock: Clock;
  readonly #held = new Map<string, Held>();

  constructor(cluster: Pick<Cluster, 'createToken'>, clock: Clock) {
    this.#cluster = cluster;
    this.#clock = clock;
  }

  /** The same token until it is time for a new one. */
  async token(pod: Pod, projection: ServiceAccountTokenProjection): Promise<string> {
    const { audience = '', expirationSeconds = 3600 } = projection;
    const key = JSON.stringify([pod.metadata.uid, audience, expirationSeconds]);
    const held = this.#held.get(key);
    const now = this.#clock.now();
    if (held && now < held.refreshAt) return held.issued.token;
    const issued = await this.#cluster.createToken({
      namespace: pod.metadata.namespace ?? '',
      serviceAccount: pod.spec?.serviceAccountName ?? 'default',
      pod: { name: pod.metadata.name ?? '', uid: pod.metadata.uid ?? '' },
      audience,
      expirationSeconds,
    });
    const refreshAt = Math.min(now + (issued.expiresAt - now) * 0.8, now + dayMs);
    this.#held.set(key, { issued, refreshAt });
    return issued.token;
  }

  forget(podUid: string): void {
    for (const key of this.#held.keys()) {
      if (key.startsWith(`${JSON.stringify([podUid]).slice(0, -1)},`)) this.#held.delete(key);
    }
  }
}
