/**
 * An action on a release for a request: as whoever asks, with the lease that the command and the controller take, and with
 * an answer in time, however long the action takes.
 */
import type { Client } from '@kindred/client';
import { type Clock, conflict, type Logger, notFound, parseDuration } from '@kindred/machinery';
import { type ActionContext, createActionContext } from '../../actions/action-context.ts';
import type { FunctionProviders } from '../../functions/function-table.ts';
import { releaseOfSecret, secretDriver } from '../../release/object-driver.ts';
import type { Release as Recorded } from '../../release/release.ts';
import { isReleaseError } from '../../release/release-error.ts';
import { FIELD_MANAGER } from '../../resources/cluster.ts';
import type { Release } from '../kinds/release.ts';
import { releaseObject } from '../objects/release-object.ts';
import { reading } from '../reading.ts';
import { newestRecord } from '../records/read-releases.ts';
import { actionFailure, RELEASES } from './action-failure.ts';
import type { RunningOperations } from './running-operations.ts';

/** Milliseconds that a request waits for its action. An aggregator gives up after a minute. */
const ANSWER_WITHIN = 25_000;

export interface ActionKit {
  readonly operations: RunningOperations;
  readonly functions: FunctionProviders;
  /** Who holds the lease: another for each action, so that two of them exclude each other. */
  readonly identity: () => string;
  readonly clock: Clock;
  readonly answerWithin?: number;
}

/** What an action needs of a request. */
export interface ActionCall {
  readonly namespace: string;
  readonly name: string;
  /** As whoever asks. */
  readonly caller: Client;
  readonly query: URLSearchParams;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  warn(text: string): void;
}

/** Does something to a release. Undefined when there is none of the name afterwards. @throws StatusError */
export async function actOn(
  kit: ActionKit,
  call: ActionCall,
  { verb, act }: { readonly verb: string; readonly act: (context: ActionContext) => Promise<unknown> },
): Promise<Release | undefined> {
  const { name, namespace, caller, logger, signal } = call;
  const current = await currentRelease(call);
  const what = `${verb} of release ${namespace}/${name}`;
  let isAnswered = false;
  const warn = (text: string): void => {
    if (isAnswered) logger.info(`${what}: ${text}`);
    else call.warn(text);
  };
  try {
    const { isOver } = await kit.operations.run((stopped) => act(contextOf(kit, call, { current, stopped, warn })), {
      limit: answerLimit(kit, call),
      what,
      logger,
    });
    if (!isOver) call.warn(`the ${verb} is still under way, and goes on: watch the release for its end`);
  } catch (error) {
    throw actionFailure(name, error);
  } finally {
    isAnswered = true;
  }
  const secret = await newestRecord({ client: caller, namespace, signal }, name);
  return secret === undefined ? undefined : releaseObject(secret);
}

/** The newest record, as a release. @throws StatusError NotFound; Conflict when it can't be read */
export async function currentRelease({ caller: client, namespace, name, signal }: ActionCall): Promise<Recorded> {
  const secret = await reading(RELEASES, name, () => newestRecord({ client, namespace, signal }, name));
  if (secret === undefined) throw notFound(RELEASES, name);
  try {
    return releaseOfSecret(secret);
  } catch (error) {
    if (!isReleaseError(error, 'Damaged')) throw error;
    const repair = `delete Secret ${namespace}/${secret.metadata.name} to go on from the revision before`;
    throw conflict(RELEASES, name, `${error.message}; ${repair}`);
  }
}

export function contextOf(
  kit: ActionKit,
  { caller, namespace, logger, name }: ActionCall,
  {
    current,
    stopped,
    warn,
  }: { readonly current: Recorded; readonly stopped: AbortSignal; readonly warn: (text: string) => void },
): ActionContext {
  // Helm's own name, so that either program can go on where the other stopped.
  const client = caller.as(FIELD_MANAGER);
  return createActionContext({
    client,
    // Records are written to the end, even when the server stops.
    driver: secretDriver({ client, namespace, clock: kit.clock }),
    namespace: current.namespace,
    storageNamespace: namespace,
    functions: kit.functions,
    identity: kit.identity(),
    clock: kit.clock,
    signal: stopped,
    report: (event) => {
      if (event.type === 'warning') warn(event.message);
      else if (event.type === 'debug') logger.debug(event.message, { release: `${namespace}/${name}` });
    },
  });
}

/** Less than the client gives the request. */
function answerLimit({ answerWithin = ANSWER_WITHIN }: ActionKit, { query }: ActionCall): number {
  const given = parseDuration(query.get('timeout') ?? '');
  return given === undefined || given <= 0 ? answerWithin : Math.min(answerWithin, given * 0.8);
}
