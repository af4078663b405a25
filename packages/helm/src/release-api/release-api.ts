/**
 * The API server of releases: helm's records as objects that kubectl lists, watches, rolls back and deletes ("Tiller" of
 * older books, with the rights of whoever asks in place of its own).
 */
import { serviceUnavailable } from '@kindred/machinery';
import type { ManagerContext, Runnable } from '@kindred/operator';
import { type ApiServerDefinition, defineApiServer, subresource, virtual } from '@kindred/operator/api-server';
import type { FunctionProviders } from '../functions/function-table.ts';
import { Release } from './kinds/release.ts';
import { ReleaseRollback, ReleaseTest, ReleaseUninstall } from './kinds/release-actions.ts';
import { ReleaseRevision } from './kinds/release-revision.ts';
import { releaseTable, revisionTable } from './objects/tables.ts';
import type { ActionKit } from './operations/release-action.ts';
import { RunningOperations } from './operations/running-operations.ts';

export interface ReleaseApiOptions {
  readonly functions: FunctionProviders;
  /** Another text on each call: who holds the lease of a release. */
  readonly identity: () => string;
}

export interface ReleaseApi {
  readonly server: ApiServerDefinition;
  /** Owns the operations that requests begin: they end with it. */
  readonly operations: Runnable;
}

// What answers requests is loaded with the first of them: most clusters have nobody who asks.
const releases = () => import('./release-handlers.ts');
const revisions = () => import('./revision-handlers.ts');
const actions = () => import('./action-handlers.ts');

export function releaseApi(options: ReleaseApiOptions): ReleaseApi {
  const owners = new OperationOwners(options);
  const kit = (): ActionKit => owners.kit();
  const server = defineApiServer({
    name: 'releases',
    impersonation: true,
    resources: [
      virtual(Release, {
        list: async (call) => (await releases()).listReleases(call),
        get: async (call) => (await releases()).getRelease(call),
        watch: async function* (call) {
          yield* (await releases()).watchOfReleases(call);
        },
        update: async (call) => (await releases()).writeRelease(kit(), call),
        delete: async (call) => (await releases()).removeRelease(kit(), call),
        table: releaseTable,
        selectableFields: {
          'spec.chart.name': ({ spec }) => spec.chart?.name ?? '',
          'spec.chart.version': ({ spec }) => spec.chart?.version ?? '',
          'status.status': ({ status }) => status?.status ?? '',
        },
        subresources: {
          rollback: subresource({
            kind: ReleaseRollback,
            create: async (call) => (await actions()).rollbackOf(kit(), call),
          }),
          uninstall: subresource({
            kind: ReleaseUninstall,
            create: async (call) => (await actions()).uninstallOf(kit(), call),
          }),
          test: subresource({ kind: ReleaseTest, create: async (call) => (await actions()).testOf(kit(), call) }),
        },
      }),
      virtual(ReleaseRevision, {
        list: async (call) => (await revisions()).listRevisions(call),
        get: async (call) => (await revisions()).getRevision(call),
        watch: async function* (call) {
          yield* (await revisions()).watchOfRevisions(call);
        },
        table: revisionTable,
        selectableFields: {
          'spec.releaseName': ({ spec }) => spec.releaseName,
          'status.status': ({ status }) => status?.status ?? '',
        },
      }),
    ],
  });
  return { server, operations: owners.runnable };
}

/** Managers that run the server; each ends its own operations. */
class OperationOwners {
  readonly #options: ReleaseApiOptions;
  readonly #kits: ActionKit[] = [];

  constructor(options: ReleaseApiOptions) {
    this.#options = options;
  }

  readonly runnable: Runnable = {
    name: 'release operations',
    rules: [],
    needsLeadership: false,
    prepare: (context) => this.#prepare(context),
  };

  /** @throws StatusError 503 when no manager runs it */
  kit(): ActionKit {
    const kit = this.#kits.at(-1);
    if (kit === undefined) throw serviceUnavailable('the server of releases is starting or stopping');
    return kit;
  }

  #prepare({ clock }: ManagerContext): ReturnType<Runnable['prepare']> {
    const kit = { ...this.#options, clock, operations: new RunningOperations(clock) };
    return {
      start: () => void this.#kits.push(kit),
      stop: async () => {
        this.#kits.splice(this.#kits.indexOf(kit), 1);
        await kit.operations.close();
      },
    };
  }
}
