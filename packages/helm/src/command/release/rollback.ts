/** `helm rollback RELEASE [REVISION]`. */
import type { ActionContext } from '../../actions/action-context.ts';
import { rollback } from '../../actions/rollback.ts';
import { quote } from '../../go/quote.ts';
import type { Release } from '../../release/release.ts';
import { minimumArguments } from '../arguments.ts';
import { dryRunOf } from '../chart/dry-run.ts';
import {
  dryRunFlag,
  EXCLUSIVE_FORCE,
  forceFlags,
  timeoutFlag,
  waitFlag,
  waitForJobsFlag,
} from '../chart/install-flags.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { progressFlag } from '../progress/progress.ts';
import { advised } from './helm-failure.ts';
import {
  conflictPolicy,
  deadline,
  deadlineFlag,
  forceReplace,
  historyMaxFlag,
  onConflictFlag,
  serverSide,
  waitStrategy,
} from './operation-flags.ts';
import { completeRelease, completeRevision } from './release-argument.ts';
import { withActions } from './run-actions.ts';

export const rollbackCommand: Command = {
  usage: '<RELEASE> [REVISION]',
  long: `Makes a new revision of a release with the content of an older one: without REVISION the last before the newest that
was successful, or the one before the newest when none was. With --last-successful it is an error then.`,
  arguments: minimumArguments(1),
  complete: (context, args, start) =>
    args.length === 0 ? completeRelease(context, args, start) : completeRevision(context, args),
  flags: (environment) => [
    ...forceFlags,
    timeoutFlag,
    waitFlag,
    waitForJobsFlag,
    dryRunFlag('none'),
    historyMaxFlag(environment),
    { kind: 'bool', name: 'cleanup-on-fail', usage: 'when it fails, delete the objects that it made' },
    { kind: 'bool', name: 'no-hooks', usage: "don't run hooks" },
    {
      kind: 'string',
      name: 'server-side',
      usage: 'let the server merge changes: true, false, or auto (as that revision was written)',
      default: 'auto',
      choices: ['true', 'false', 'auto'],
    },
    { kind: 'bool', name: 'last-successful', usage: 'fail when no revision before the newest was ever successful' },
    onConflictFlag,
    deadlineFlag,
    progressFlag,
  ],
  exclusiveFlags: EXCLUSIVE_FORCE,
  run: async (context, [name = '', revision], flags) => {
    const wanted = revision === undefined ? 0 : revisionNumber(revision);
    const dryRun = dryRunOf(context, flags);
    const wait = waitStrategy(context, flags);
    const onConflict = conflictPolicy(flags);
    const work = (actions: ActionContext): Promise<Release> =>
      rollback(actions, {
        name,
        revision: wanted,
        lastSuccessful: flags.bool('last-successful'),
        dryRun,
        wait,
        serverSide: serverSide(flags),
        forceConflicts: flags.bool('force-conflicts'),
        forceReplace: forceReplace(flags),
        onConflict,
        cleanupOnFail: flags.bool('cleanup-on-fail'),
        historyMax: flags.number('history-max'),
        waitForJobs: flags.bool('wait-for-jobs'),
        timeoutMilliseconds: flags.duration('timeout'),
        deadlineMilliseconds: deadline(flags),
        noHooks: flags.bool('no-hooks'),
      });
    await withActions(context, flags, (actions) => advised(() => work(actions)));
    context.streams.output.write('Rollback was a success! Happy Helming!\n');
    return 0;
  },
};

function revisionNumber(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new CommandError(
    `could not convert revision to a number: strconv.Atoi: parsing ${quote(text)}: invalid syntax`,
  );
}
