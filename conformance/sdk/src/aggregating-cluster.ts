/**
 * A cluster in process that knows users by tokens, grants what its roles grant, and passes requests on to the servers of
 * APIServices: what a custom API server needs of one.
 */
import type { TestContext } from 'node:test';
import { builtinKinds } from '@kindred/apis';
import { ClusterRole, ClusterRoleBinding, type PolicyRule, RoleBinding } from '@kindred/apis/rbac/v1';
import {
  accessReviews,
  authenticationReviews,
  createApiServer,
  openApiStorage,
  openStoredPolicy,
  RbacAuthorizer,
  reconcileBootstrapPolicy,
  ServiceAccountTokenAuthenticator,
  serviceAccountToken,
  TokenIssuer,
  tokenObjectLookup,
  type UserInfo,
} from '@kindred/apiserver';
import { type Client, createClient, type Transport } from '@kindred/client';
import { type Clock, systemClock } from '@kindred/machinery';
import {
  createAuthority,
  createSigningKey,
  issueCertificate,
  type KeyAndCertificate,
} from '@kindred/machinery/certificates';
import { clusterRoleOf, createManager, defineExtension, delegationBindings, type Manager } from '@kindred/operator';
import { type ApiServerDefinition, type ApiServerRunnableOptions, apiServer } from '@kindred/operator/api-server';
import { keyspace, openMemoryStore } from '@kindred/store';
import { collectingLogger, countingTransport } from '@kindred-conformance/clients/in-process';

export interface RunOptions {
  readonly clock?: Clock;
  /** For pods behind a Service. */
  readonly service?: ApiServerRunnableOptions['service'];
}

export interface AggregatingCluster {
  /** A person who may do everything. */
  readonly admin: Client;
  readonly frontProxy: { readonly authority: KeyAndCertificate; readonly client: KeyAndCertificate };
  as(user: UserInfo): { readonly client: Client; readonly transport: Transport };
  /** Runs the server with the rights that it declares, and no others. */
  run(server: ApiServerDefinition, options?: RunOptions): Promise<Manager>;
  /** Writes of running servers, in order. */
  readonly writes: string[];
  /** What they logged as errors. */
  readonly errors: string[];
}

const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
const issuerUrl = 'https://kubernetes.default.svc';

export async function aggregatingCluster(t: Pick<TestContext, 'after'>): Promise<AggregatingCluster> {
  const store = openMemoryStore();
  const storage = await openApiStorage({ store });
  await reconcileBootstrapPolicy({ storage, now: Date.now(), randomUuid: () => crypto.randomUUID() });
  const policy = await openStoredPolicy(storage);
  const rbac = new RbacAuthorizer(policy);
  const authority = createAuthority('front-proxy-ca', validity);
  const client = issueCertificate(authority, { commonName: 'front-proxy-client', usages: ['clientAuth'], ...validity });
  const issuer = new TokenIssuer({
    privateKey: createSigningKey(),
    issuer: issuerUrl,
    clock: systemClock,
    randomId: () => crypto.randomUUID(),
  });
  const tokens = new ServiceAccountTokenAuthenticator({
    publicKey: issuer.publicKey,
    issuer: issuerUrl,
    audiences: [issuerUrl],
    lookup: await tokenObjectLookup(storage),
    clock: systemClock,
  });
  const errors: string[] = [];
  const api = await createApiServer({
    storage,
    kinds: builtinKinds(),
    authenticators: [tokens],
    authorizer: rbac,
    frontProxy: {
      clientCa: createAuthority('kubernetes', validity).certificate,
      frontProxyCa: authority.certificate,
      allowedNames: ['front-proxy-client'],
      client,
    },
    subresources: [serviceAccountToken(issuer)],
    reviews: [...accessReviews(rbac, rbac), ...authenticationReviews(tokens, [issuerUrl])],
    reportFault: ({ error }) => errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });
  const managers: Manager[] = [];
  t.after(async () => {
    await Promise.all(managers.map((manager) => manager.close()));
    await api.close();
    await storage.close();
    await store.close();
  });
  const as = (user: UserInfo) => {
    const transport = api.transport(user);
    return { transport, client: createClient(transport, { userAgent: 'person' }) };
  };
  const admin = as({ username: 'admin', groups: ['system:masters', 'system:authenticated'] }).client;
  const writes: string[] = [];
  return {
    admin,
    frontProxy: { authority, client },
    as,
    writes,
    errors,
    async run(server, { clock, service } = {}) {
      const username = `system:extension:${server.name}`;
      const transport = api.transport({ username, groups: ['system:authenticated'] });
      const manager = createManager({
        transport: countingTransport(transport, writes),
        logger: collectingLogger(errors),
        ...(clock === undefined ? {} : { clock }),
      });
      managers.push(manager);
      const kept = keyspace(store, `/extensions/${server.name}`);
      const runnable = apiServer({ server, store: kept, ...(service === undefined ? {} : { service }) });
      await grant(admin, server, username, runnable.rules);
      manager.add(runnable);
      await manager.start();
      return manager;
    },
  };
}

async function grant(
  admin: Client,
  server: ApiServerDefinition,
  username: string,
  rules: readonly PolicyRule[],
): Promise<void> {
  const role = clusterRoleOf(defineExtension({ name: server.name, apiServers: [server], rules }));
  const bindings = delegationBindings(server.name, { kind: 'User', name: username });
  await admin.apply(ClusterRole, role, { force: true });
  const own = {
    ...bindings.clusterRoleBinding,
    metadata: { name: role.metadata.name ?? '' },
    roleRef: { ...bindings.clusterRoleBinding.roleRef, name: role.metadata.name ?? '' },
  };
  for (const binding of [bindings.clusterRoleBinding, own]) await admin.apply(ClusterRoleBinding, binding);
  await admin.apply(RoleBinding, bindings.roleBinding);
}
