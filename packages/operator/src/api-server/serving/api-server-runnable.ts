/**
 * Runs a custom API server: a secure port with certificates of its own, users and rights as the cluster knows them, and the
 * registration that leads requests here. It is registered while it serves: after it listens, and until it stops.
 */

import type { PolicyRule } from '@kindred/apis/rbac/v1';
import {
  type ApiServer,
  type ApiStorage,
  createApiServer,
  openApiStorage,
  requestHeaderAuthenticator,
  type TlsMaterial,
  x509Authenticator,
} from '@kindred/apiserver';
import { openMemoryStore, type Store } from '@kindred/store';
import { CertificateRenewal } from '../../certificates/renewal.ts';
import {
  ownCertificates,
  type ServingCertificate,
  type ServingCertificates,
  secretCertificates,
  secretRules,
} from '../../certificates/serving-certificates.ts';
import type { ExtensionApiServer } from '../../extension/extension-api-server.ts';
import type { ManagerContext, Runnable, RunningPart } from '../../manager/runnable.ts';
import { type ApiServerDefinition, isApiServerDefinition } from '../define-api-server.ts';
import { accessReviewAuthorizer } from '../delegation/access-review-authorizer.ts';
import { AuthenticationWatch } from '../delegation/delegated-authentication.ts';
import { knownUsersOnly } from '../delegation/known-users.ts';
import { tokenReviewAuthenticator } from '../delegation/token-review-authenticator.ts';
import { servedResources } from '../served-resources.ts';
import { ClusterMirror } from './cluster-mirror.ts';
import { LiveNamespaces } from './live-namespaces.ts';
import { processService, type Registration, register, unregister, waitUntilAvailable } from './registration.ts';

export interface ApiServerRunnableOptions {
  /** What `defineApiServer` has made. */
  readonly server: ExtensionApiServer;
  /** Where stored resources are kept; whoever gives it closes it afterwards. Needed when there are some. */
  readonly store?: Store;
  /**
   * For pods behind a Service: where they listen, and the Secret that they share their certificate in. Without it the server
   * is one of this process, on an address of this machine, which the API server must share.
   */
  readonly service?: {
    readonly namespace: string;
    readonly name: string;
    /** Of the Service; 443 when not given. */
    readonly port?: number;
    /** Of the pods; 8443 when not given. */
    readonly targetPort?: number;
    /** In the Service's namespace; `<server>-api-server` when not given. */
    readonly secret?: string;
  };
}

/** Milliseconds to wait for the cluster to find the server of a process. */
const availableLimit = 10_000;

/**
 * What serves it, for a manager to run.
 *
 * @example manager.add(apiServer({ server: metrics }));
 * @throws TypeError for a server that `defineApiServer` has not made, and for stored resources without a store
 */
export function apiServer(options: ApiServerRunnableOptions): Runnable {
  const { server, store } = options;
  if (!isApiServerDefinition(server)) throw new TypeError(`${server.name} is not made by defineApiServer`);
  const hasStored = server.resources.some(({ type }) => type === 'stored');
  if (hasStored && store === undefined) throw new TypeError(`${server.name} has stored resources, and no store`);
  return {
    name: `API server ${server.name}`,
    rules: apiServerRules(options),
    needsLeadership: false,
    prepare: (context) => new RunningApiServer({ ...options, server }, context),
  };
}

/** What the server and its functions must be allowed to do, beside what `delegationBindings` grants. */
function apiServerRules({ server, service }: ApiServerRunnableOptions): PolicyRule[] {
  const secret = service === undefined ? [] : secretRules(secretName(server, service));
  return [...server.rules, ...secret];
}

function secretName({ name }: ExtensionApiServer, { secret }: { readonly secret?: string }): string {
  return secret ?? `${name}-api-server`;
}

interface RunningOptions extends ApiServerRunnableOptions {
  readonly server: ApiServerDefinition;
}

/** @param port that the server listens on */
function registrationOf({ server, service }: RunningOptions, port: number): Registration {
  if (service === undefined) return { server, service: processService(server.name), port, ofProcess: true };
  const { namespace, name, port: servicePort = 443 } = service;
  return { server, service: { namespace, name }, port: servicePort, ofProcess: false };
}

class RunningApiServer implements RunningPart {
  readonly #options: RunningOptions;
  readonly #context: ManagerContext;
  readonly #certificates: ServingCertificates;
  readonly #authentication: AuthenticationWatch;
  readonly #namespaces: LiveNamespaces | undefined;
  readonly #mirror: ClusterMirror | undefined;
  #certificate: ServingCertificate | undefined;
  #api: ApiServer | undefined;
  #renewal: CertificateRenewal | undefined;
  #registration: Registration | undefined;
  /** What has been opened, to be closed in the opposite order. */
  readonly #opened: (() => Promise<void>)[] = [];

  constructor(options: RunningOptions, context: ManagerContext) {
    const { service, server } = options;
    this.#options = options;
    this.#context = context;
    const { client, clock, informers, logger } = context;
    const { namespace, name } = service ?? processService(server.name);
    const names = { dnsNames: [`${name}.${namespace}.svc`, 'localhost'], ipAddresses: ['127.0.0.1', '::1'] };
    this.#certificates =
      service === undefined
        ? ownCertificates(names, clock)
        : secretCertificates(names, { namespace, name: secretName(server, service) }, { client, clock });
    this.#authentication = new AuthenticationWatch(informers, logger, () => this.#believe());
    const hasStored = server.resources.some(({ type }) => type === 'stored');
    this.#namespaces = hasStored ? new LiveNamespaces(informers, client) : undefined;
    this.#mirror = hasStored ? new ClusterMirror(informers, { clock, logger }) : undefined;
  }

  async start(): Promise<void> {
    const { client, clock, logger } = this.#context;
    const { server, service } = this.#options;
    this.#certificate = await this.#certificates();
    const api = await this.#open();
    const { port } = await api.listen({
      ...(service === undefined ? { host: '127.0.0.1', port: 0 } : { host: '::', port: service.targetPort ?? 8443 }),
      tls: this.#tls(this.#certificate),
    });
    const registration = registrationOf(this.#options, port);
    this.#registration = registration;
    const tell = ({ authorities }: ServingCertificate): Promise<void> => register(client, registration, authorities);
    await tell(this.#certificate);
    this.#renewal = new CertificateRenewal(this.#certificate, {
      certificates: this.#certificates,
      register: tell,
      serve: (next) => this.#serve(next),
      what: `API server ${server.name}`,
      clock,
      logger,
    });
    if (registration.ofProcess) await this.#waitUntilFound();
    logger.info('API server serves', { server: server.name, port });
  }

  async stop(): Promise<void> {
    await this.#renewal?.close();
    if (this.#registration?.ofProcess === true) await this.#unregister(this.#registration);
    for (const close of this.#opened.splice(0).reverse()) await close();
  }

  async #open(): Promise<ApiServer> {
    const { server } = this.#options;
    const { client, clock, random, logger } = this.#context;
    const served = servedResources(server.resources, { client, clock, logger, impersonation: server.impersonation });
    const api = await createApiServer({
      storage: await this.#openStorage(),
      ...(await this.#openMirror()),
      kinds: [],
      ...served,
      admission: [...(this.#namespaces === undefined ? [] : [this.#namespaces.admission]), ...served.admission],
      authenticators: [
        requestHeaderAuthenticator(() => this.#authentication.current.headers),
        x509Authenticator,
        tokenReviewAuthenticator(client, clock),
        knownUsersOnly,
      ],
      authorizer: accessReviewAuthorizer(client, clock),
      reportFault: ({ method, path, error }) => logger.error('A request failed', error, { method, path }),
      clock,
      random,
    });
    this.#opened.push(() => api.close());
    this.#api = api;
    api.health.add({ name: 'delegated-authentication', check: () => this.#authentication.problem() });
    return api;
  }

  async #openStorage(): Promise<ApiStorage> {
    const { clock } = this.#context;
    const store = this.#options.store ?? this.#openEmptyStore();
    const storage = await openApiStorage({ store, clock });
    this.#opened.push(() => storage.close());
    return storage;
  }

  /** Without stored resources nothing is admitted. */
  async #openMirror(): Promise<{ readonly webhookStorage?: ApiStorage }> {
    const mirror = this.#mirror;
    if (mirror === undefined) return {};
    this.#opened.push(() => mirror.close());
    return { webhookStorage: await mirror.open() };
  }

  /** Nothing is kept in it: there are only resources without storage. */
  #openEmptyStore(): Store {
    const store = openMemoryStore({ clock: this.#context.clock });
    this.#opened.push(() => store.close());
    return store;
  }

  #tls({ key, certificate: cert, authorities }: ServingCertificate): TlsMaterial {
    const { clientCa, frontProxyCa } = this.#authentication.current;
    return {
      key,
      cert,
      // Without an authority Node would believe every one that browsers do; nobody has a certificate of our own.
      clientCa: clientCa ?? authorities,
      ...(frontProxyCa === undefined ? {} : { frontProxyCa }),
    };
  }

  #serve(certificate: ServingCertificate): void {
    this.#certificate = certificate;
    this.#believe();
  }

  #believe(): void {
    if (this.#certificate !== undefined) this.#api?.setTls(this.#tls(this.#certificate));
  }

  async #waitUntilFound(): Promise<void> {
    const { client, clock, logger } = this.#context;
    const missing = await waitUntilAvailable(client, this.#options.server, { clock, limit: availableLimit });
    if (missing.length > 0) {
      const error = new Error(`not available after ${availableLimit} ms`);
      logger.error('The cluster does not find an API server', error, { apiServices: missing.join(', ') });
    }
  }

  /** Before the server closes, so that nobody is sent to a closed door. */
  async #unregister(registration: Registration): Promise<void> {
    try {
      await unregister(this.#context.client, registration);
    } catch (error) {
      this.#context.logger.error('An API server could not be unregistered', error, {
        server: registration.server.name,
      });
    }
  }
}
