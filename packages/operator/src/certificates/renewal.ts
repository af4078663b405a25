/**
 * Looks after the certificate that a server serves with: has the next one registered before it is served, since whoever
 * connects must know its authority, and tries again when that fails.
 */
import { type Clock, type Logger } from '@kindred/machinery';
import type { ServingCertificate, ServingCertificates } from './serving-certificates.ts';

/** Between looks at the certificate, in milliseconds: somebody else may have replaced a shared one. */
const interval = 600_000;

export interface RenewalOptions {
  readonly certificates: ServingCertificates;
  /** Tells those who connect of the authority. */
  register(certificate: ServingCertificate): Promise<void>;
  /** Serves with it from now on. */
  serve(certificate: ServingCertificate): void;
  /** In logs: `webhooks`. */
  readonly what: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class CertificateRenewal {
  readonly #options: RenewalOptions;
  #serving: ServingCertificate;
  #cancel: () => void = () => undefined;
  #renewing: Promise<void> | undefined;

  /** @param serving what is served, and registered, at the start */
  constructor(serving: ServingCertificate, options: RenewalOptions) {
    this.#serving = serving;
    this.#options = options;
    this.#plan();
  }

  async close(): Promise<void> {
    this.#cancel();
    await this.#renewing;
    // The renewal that was waited for has planned the next one.
    this.#cancel();
  }

  #plan(): void {
    const { clock } = this.#options;
    const delay = Math.min(this.#serving.renewAt - clock.now(), interval);
    this.#cancel = clock.after(Math.max(delay, 1000), () => {
      this.#renewing = this.#renew().finally(() => this.#plan());
    });
  }

  async #renew(): Promise<void> {
    const { certificates, register, serve, what, logger } = this.#options;
    try {
      const next = await certificates();
      if (next.certificate === this.#serving.certificate) return;
      await register(next);
      serve(next);
      this.#serving = next;
      logger.info('A new certificate is served', { what });
    } catch (error) {
      logger.error('A certificate could not be renewed', error, { what });
    }
  }
}
