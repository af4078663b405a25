/**
 * Serves an extension's webhooks over TLS and registers them: listen first, then write the configurations, so that the API
 * server never asks where nobody answers. At a clean end the configurations of a single process go before it does; those of
 * a Service stay, since other pods answer for it.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '@kindred/apis/admissionregistration/v1';
import type { PolicyRule } from '@kindred/apis/rbac/v1';
import { DecodeError, decodeJson, errorText, isStatusError } from '@kindred/machinery';
import { CertificateRenewal } from '../certificates/renewal.ts';
import {
  ownCertificates,
  type ServingCertificate,
  type ServingCertificates,
  secretCertificates,
  secretRules,
} from '../certificates/serving-certificates.ts';
import type { ManagerContext, Runnable, RunningPart } from '../manager/runnable.ts';
import { mergeRules } from '../rbac/rules.ts';
import { answerReview, ReviewError } from './answer-review.ts';
import type { Webhook } from './webhook.ts';
import {
  configurationName,
  registrationRules,
  type WebhookReach,
  webhookConfigurations,
  webhookPath,
} from './webhook-configuration.ts';

export interface WebhookServerOptions {
  /** Names the configurations. */
  readonly extension: string;
  readonly webhooks: readonly Webhook[];
  /**
   * For pods behind a Service: where they listen, and the Secret that they share their certificate in. Without it the
   * webhooks are those of this process, on an address of this machine.
   */
  readonly service?: {
    readonly namespace: string;
    readonly name: string;
    /** Of the Service; 443 when not given. */
    readonly port?: number;
    /** Of the pods; 9443 when not given. */
    readonly targetPort?: number;
    /** In the Service's namespace; `<extension>-webhooks` when not given. */
    readonly secret?: string;
  };
}

/** Most bytes of a review. */
const maxReview = 16 * 1024 * 1024;

/**
 * What serves the webhooks, for a manager to run.
 *
 * @example manager.add(webhookServer({ extension: 'website', webhooks: [checkWebsites] }));
 */
export function webhookServer(options: WebhookServerOptions): Runnable {
  return {
    name: `webhooks of ${options.extension}`,
    rules: webhookServerRules(options),
    needsLeadership: false,
    prepare: (context) => new WebhookServer(options, context),
  };
}

/** What the server and the webhooks in it must be allowed to do. */
export function webhookServerRules({ extension, webhooks, service }: WebhookServerOptions): PolicyRule[] {
  if (webhooks.length === 0) return [];
  return mergeRules([
    ...webhooks.flatMap(({ rules = [] }) => rules),
    ...registrationRules(extension),
    ...(service === undefined ? [] : secretRules(secretName(extension, service))),
  ]);
}

function secretName(extension: string, { secret }: NonNullable<WebhookServerOptions['service']>): string {
  return secret ?? `${extension}-webhooks`;
}

class WebhookServer implements RunningPart {
  readonly #options: WebhookServerOptions;
  readonly #context: ManagerContext;
  readonly #certificates: ServingCertificates;
  readonly #webhooks = new Map<string, Webhook>();
  /** Reviews that are being answered. */
  readonly #working = new Set<Promise<void>>();
  #server: Server | undefined;
  #port = 0;
  #renewal: CertificateRenewal | undefined;

  constructor(options: WebhookServerOptions, context: ManagerContext) {
    const { service, extension } = options;
    this.#options = options;
    this.#context = context;
    this.#certificates =
      service === undefined
        ? ownCertificates({ ipAddresses: ['127.0.0.1'] }, context.clock)
        : secretCertificates(
            { dnsNames: [`${service.name}.${service.namespace}.svc`] },
            { namespace: service.namespace, name: secretName(extension, service) },
            context,
          );
  }

  async start(): Promise<void> {
    const { service, webhooks, extension } = this.#options;
    const certificate = await this.#certificates();
    // Whoever may not read the configuration can't make the extension look at things for them.
    const secret = service === undefined ? `/${randomBytes(16).toString('hex')}` : '';
    for (const webhook of webhooks) this.#webhooks.set(`${secret}${webhookPath(webhook, extension)}`, webhook);
    const server = createServer({ key: certificate.key, cert: certificate.certificate }, (request, response) =>
      this.#take(request, response),
    );
    this.#server = server;
    // Longer than the API server leaves a connection idle between writes.
    server.keepAliveTimeout = 120_000;
    const at = service === undefined ? { host: '127.0.0.1', port: 0 } : { port: service.targetPort ?? 9443 };
    this.#port = await listen(server, at);
    await this.#register(certificate, secret);
    const { clock, logger } = this.#context;
    this.#renewal = new CertificateRenewal(certificate, {
      certificates: this.#certificates,
      register: (next) => this.#register(next, secret),
      serve: ({ key, certificate: cert }) => server.setSecureContext({ key, cert }),
      what: `webhooks of ${extension}`,
      clock,
      logger,
    });
    logger.info('Webhooks serve', { extension, webhooks: webhooks.length });
  }

  async stop(signal: AbortSignal): Promise<void> {
    await this.#renewal?.close();
    if (this.#options.service === undefined && this.#port !== 0) await this.#unregister();
    const server = this.#server;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const end = (): void => server.closeAllConnections();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    await Promise.all(this.#working);
    end();
    await closed;
    signal.removeEventListener('abort', end);
  }

  isIdle(): boolean {
    return this.#working.size === 0;
  }

  async #register({ authorities }: ServingCertificate, secret: string): Promise<void> {
    const { client } = this.#context;
    const { extension, webhooks } = this.#options;
    const reach = this.#reach(secret);
    const { validating, mutating } = webhookConfigurations({ extension, webhooks, reach, authorities });
    if (validating !== undefined) await client.apply(ValidatingWebhookConfiguration, validating, { force: true });
    if (mutating !== undefined) await client.apply(MutatingWebhookConfiguration, mutating, { force: true });
  }

  #reach(secret: string): WebhookReach {
    const { service } = this.#options;
    if (service !== undefined) {
      const { namespace, name, port = 443 } = service;
      return { service: { namespace, name, port } };
    }
    return { url: `https://127.0.0.1:${this.#port}${secret}` };
  }

  async #unregister(): Promise<void> {
    const { client, logger } = this.#context;
    const name = configurationName(this.#options.extension);
    for (const kind of [ValidatingWebhookConfiguration, MutatingWebhookConfiguration]) {
      try {
        await client.delete(kind, { name });
      } catch (error) {
        if (!isStatusError(error, 'NotFound'))
          logger.error('Webhook configuration could not be removed', error, { name });
      }
    }
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const working = this.#answer(request, response)
      .catch((error: unknown) => this.#fail(error, response))
      .finally(() => this.#working.delete(working));
    this.#working.add(working);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const webhook = this.#webhooks.get((request.url ?? '').split('?', 1)[0] ?? '');
    if (webhook === undefined || request.method !== 'POST') {
      response.writeHead(webhook === undefined ? 404 : 405).end();
      return;
    }
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const { client, clock, logger } = this.#context;
    const body = decodeJson(await readBody(request)).value;
    const review = await answerReview(webhook, body, { client, clock, logger, signal: gone.signal });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(review));
  }

  #fail(error: unknown, response: ServerResponse): void {
    if (response.destroyed) return;
    const isBad = error instanceof DecodeError || error instanceof ReviewError;
    if (!isBad) this.#context.logger.error('Webhook failed', error, { extension: this.#options.extension });
    if (response.headersSent) response.destroy();
    else response.writeHead(isBad ? 400 : 500, { 'content-type': 'text/plain' }).end(errorText(error));
  }
}

/** Resolves to the port. */
function listen(server: Server, at: { readonly host?: string; readonly port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, () => {
      server.off('error', reject);
      // A server that listens on a port has an address of this form.
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    // Without an encoding a request gives buffers.
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > maxReview) throw new ReviewError(`the review is longer than ${maxReview} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
