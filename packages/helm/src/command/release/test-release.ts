/** `helm test RELEASE`: runs the tests of a release's chart. */
import { OperationError } from '../../actions/operation-failure.ts';
import { test } from '../../actions/release-testing.ts';
import type { Release } from '../../release/release.ts';
import { exactArguments } from '../arguments.ts';
import { timeoutFlag } from '../chart/install-flags.ts';
import type { Command } from '../command.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { palette } from '../output/color.ts';
import { progressFlag } from '../progress/progress.ts';
import { releaseText } from './print-release.ts';
import { completeRelease } from './release-argument.ts';
import { withActions } from './run-actions.ts';

export const testCommand: Command = {
  usage: '[RELEASE]',
  long: `Runs the tests of a release, which are hooks of its chart with the event "test", and says how they ended. Fails when
one of them does.`,
  arguments: exactArguments(1),
  complete: completeRelease,
  flags: () => [
    {
      kind: 'strings',
      name: 'filter',
      usage: "tests to run, or with ! to leave out: name=first,name=second, '!name=third'",
    },
    { kind: 'bool', name: 'logs', usage: 'print what the pods of the tests wrote' },
    timeoutFlag,
    progressFlag,
  ],
  run: async (context, [name = ''], flags) => {
    const logs = new Map<string, string>();
    const outcome = await withActions(context, flags, (actions) => {
      const collecting = {
        ...actions,
        report: (event: Parameters<typeof actions.report>[0]) => {
          if (event.type === 'hook-log') logs.set(event.hook.name, (logs.get(event.hook.name) ?? '') + event.text);
          else actions.report(event);
        },
      };
      return attempt(() => test(collecting, { name, ...testOptions(flags) }));
    });
    const { output } = context.streams;
    const options = { colors: palette(context), everything: context.settings.debug, hideNotes: true };
    output.write(releaseText(outcome.release, options));
    if (flags.bool('logs')) {
      output.write('\n');
      for (const [hook, text] of logs) output.write(`POD LOGS: ${hook}\n${text}\n`);
    }
    if (outcome.failure !== undefined) throw outcome.failure;
    return 0;
  },
};

function testOptions(flags: FlagValues) {
  const filters = flags.list('filter');
  const after = (pattern: RegExp): string[] =>
    filters.filter((each) => pattern.test(each)).map((each) => each.replace(pattern, ''));
  return {
    include: after(/^name=/),
    exclude: after(/^!\s?name=/),
    logs: flags.bool('logs'),
    timeoutMilliseconds: flags.duration('timeout'),
  };
}

/** The release is shown however its tests ended. */
async function attempt(
  run: () => Promise<Release>,
): Promise<{ readonly release: Release; readonly failure?: OperationError }> {
  try {
    return { release: await run() };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return { release: error.release, failure: error };
  }
}
