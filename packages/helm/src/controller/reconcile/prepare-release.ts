/** What must be known before a release can be made: its dependencies are ready, its chart and its values are there. */
import { createHash } from 'node:crypto';
import { keyOf } from '@kindred/client';
import type { GoMap } from '../../go/value.ts';
import type { ReleaseInputs } from '../decide/observation.ts';
import type { ReleaseIntent } from '../intent/release-intent.ts';
import { postRenderersDigest } from '../post-render/post-render.ts';
import type { FetchedChart } from '../sources/chart-content.ts';
import { fetchChart } from '../sources/fetch-chart.ts';
import { composeValues, type FetchedValues, valuesDigest } from '../values/compose-values.ts';
import { readerFor } from './action-kit.ts';
import { dependencyProblem } from './dependencies.ts';
import { fetchValues } from './fetch-values.ts';
import { progressOf } from './progress-of-status.ts';
import { type ReleaseRun, recordsAt, storageIndex } from './release-kit.ts';
import type { ReleaseObject } from './release-object.ts';

/** The release can't be looked at now, or not before its object changes. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
  readonly reason: string;
  readonly isFinal: boolean;

  constructor(reason: string, message: string, isFinal = false) {
    super(message);
    this.reason = reason;
    this.isFinal = isFinal;
  }
}

export interface PreparedRelease {
  readonly inputs: ReleaseInputs;
  readonly values: GoMap;
  readonly chart: () => Promise<FetchedChart>;
}

/** @throws NotReadyError, SourceError, ValuesError */
export async function prepareRelease(run: ReleaseRun): Promise<PreparedRelease> {
  const { kit, context, intent, requests } = run;
  checkOwner(run);
  checkDependencies(run);
  const { signal, key, logger } = context;
  const now = (): Date => new Date(kit.clock.now());
  const warn = (message: string): void => logger.info(message, { key });
  const reader = readerFor(kit, context, intent);
  const fetch = (maxAge: number) => {
    const indexes = { cache: kit.indexes, maxAge };
    return fetchChart(intent, { ...kit.fetching, client: reader, signal, warn, now, indexes });
  };
  const changes = kit.references.changesOf(key);
  const isForced = requests.reconcile || changes > 0;
  const identity = await kit.charts.identify(key, intent, { isForced, fetch });
  kit.references.takenUp(key, changes);
  const fetched = await fetchValues(intent.valuesFrom, reader, signal);
  const values = composeValues(intent, fetched);
  return {
    values,
    chart: () => kit.charts.chart(key, intent, fetch),
    inputs: {
      chartName: identity.name,
      chartVersion: identity.version,
      chartDigest: identity.digest,
      configDigest: givenDigest(intent, fetched, values),
      postRenderersDigest: postRenderersDigest(intent.postRenderers, intent.postRenderHooks),
    },
  };
}

/** What is ignored about values until something else changes is left out. */
function givenDigest(intent: ReleaseIntent, fetched: readonly FetchedValues[], values: GoMap): string {
  const followed = fetched.filter(({ reference }) => reference.ignoreUpdates !== true);
  if (followed.length === fetched.length) return valuesDigest(values);
  const named = fetched.filter((each) => !followed.includes(each)).map(({ reference }) => reference);
  const given = valuesDigest(composeValues(intent, followed));
  return `sha256:${createHash('sha256')
    .update(JSON.stringify([given, named]))
    .digest('hex')}`;
}

/** Of several objects that speak of one release, that which has made it counts, or else the oldest. */
function checkOwner({ kit, context, object, intent }: ReleaseRun): void {
  const others = context
    .lister(kit.releases.kind)
    .byIndex(storageIndex, recordsAt(intent))
    .filter(({ metadata }) => metadata.uid !== object.metadata.uid && metadata.deletionTimestamp === undefined);
  const first = others.find((other) => comesBefore(other, object));
  if (first === undefined) return;
  const message = `the release ${intent.storageNamespace}/${intent.releaseName} belongs to ${keyOf(first)}`;
  throw new NotReadyError('ReleaseTaken', message);
}

function comesBefore(one: ReleaseObject, other: ReleaseObject): boolean {
  const hasMade = progressOf(one.status).made !== undefined;
  if (hasMade !== (progressOf(other.status).made !== undefined)) return hasMade;
  const [a, b] = [one.metadata, other.metadata];
  return a.creationTimestamp === b.creationTimestamp ? a.uid < b.uid : a.creationTimestamp < b.creationTimestamp;
}

function checkDependencies({ kit, context, object }: ReleaseRun): void {
  const lister = context.lister(kit.releases.kind);
  const problem = dependencyProblem(object, {
    find: (at) => lister.get(at),
    dependenciesOf: (each) => kit.releases.identityOf(each).dependsOn,
  });
  if (problem !== undefined) throw new NotReadyError(problem.reason, problem.message);
}
