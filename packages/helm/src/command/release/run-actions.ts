/** Runs an operation on releases for a command: with its cluster, its streams, and what is told while it works. */

import { type ActionContext, createActionContext } from '../../actions/action-context.ts';
import type { ActionEvent } from '../../actions/action-event.ts';
import { nodeProviders } from '../../node/providers.ts';
import { type ClusterAccess, withCluster } from '../cluster/connect.ts';
import { releaseDriver } from '../cluster/release-driver.ts';
import type { CommandContext } from '../command.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { logWarning } from '../log.ts';
import { startProgress } from '../progress/progress.ts';

/** Of a command that has `progressFlag`. */
export function withActions<T>(
  context: CommandContext,
  flags: FlagValues,
  work: (actions: ActionContext, cluster: ClusterAccess) => Promise<T>,
): Promise<T> {
  return withCluster(context, async (cluster) => {
    const progress = startProgress(context, flags);
    try {
      return await work(actionContext(context, cluster, progress.report), cluster);
    } finally {
      progress.close();
    }
  });
}

function actionContext(
  context: CommandContext,
  cluster: ClusterAccess,
  report: (event: ActionEvent) => void,
): ActionContext {
  return createActionContext({
    client: cluster.client,
    driver: releaseDriver(context, cluster, cluster.namespace),
    namespace: cluster.namespace,
    functions: nodeProviders(),
    identity: context.identity ?? 'helm',
    clock: context.clock,
    signal: context.signal,
    report: (event) => {
      logEvent(context, event);
      report(event);
    },
  });
}

/** For commands that only look. */
export function queryContext(context: CommandContext, cluster: ClusterAccess): ActionContext {
  return actionContext(context, cluster, () => undefined);
}

/** What is said whatever the progress mode. */
function logEvent({ log }: CommandContext, event: ActionEvent): void {
  switch (event.type) {
    case 'warning':
      logWarning(log, event.message, event.fields);
      return;
    case 'debug':
      log.debug(event.message);
      return;
    case 'hook-log':
      log.info(event.text.trimEnd(), { hook: event.hook.name, pod: event.pod, container: event.container });
      return;
    case 'interrupted': {
      const { name, revision } = event.release;
      const what = event.decision === 'resume' ? 'it is finished now' : 'it counts as failed';
      log.warn(`an operation on the release was interrupted: ${what}`, { release: name, revision });
      return;
    }
    case 'record-size':
      log.warn('the record of the release is large', {
        bytes: event.size.packedBytes,
        limit: event.size.limit,
        largest: event.size.parts[0]?.name ?? '',
      });
      return;
    default:
  }
}
