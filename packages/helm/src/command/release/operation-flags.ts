/** What the flags of install, upgrade, rollback and uninstall mean to the operations. */
import type { InterruptedPolicy, ServerSide } from '../../actions/action-options.ts';
import { type CrdsPolicy } from '../../actions/action-options.ts';
import { type ConflictPolicy, parseConflictPolicy } from '../../resources/conflicts/conflict-policy.ts';
import type { WaitStrategy } from '../../resources/wait/wait.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Flag } from '../flags/flag.ts';
import { parseGoBool } from '../flags/flag-value.ts';
import type { FlagValues } from '../flags/flag-values.ts';

/** Ours, beyond helm's. */
export const deadlineFlag: Flag = {
  kind: 'duration',
  name: 'deadline',
  usage: 'how long all of it may take, hooks and waiting included (--timeout is for each step); no limit when 0',
};

/** Ours: what becomes of an operation that ended without a result. */
export const resumeFlag: Flag = {
  kind: 'bool',
  name: 'resume',
  usage:
    'finish an operation on the release that was interrupted, when it wanted the same; otherwise it counts as failed',
  default: true,
};

/** Ours: helm's random functions give something else with each upgrade. */
export const stableGeneratorsFlag: Flag = {
  kind: 'bool',
  name: 'stable-generators',
  usage:
    'keep passwords, keys and certificates that the chart generates: they stay as long as the chart asks for the same; kept ' +
    'in a Secret beside the records of the release',
};

const CRDS = ['skip', 'create', 'update'] as const;

/** Ours: what is done with the definitions in crds/. */
export const crdsFlag: Flag = {
  kind: 'string',
  name: 'crds',
  usage:
    'what to do with the definitions in crds/: skip, create those that are missing, or update, refusing changes that would ' +
    'lose data. Without it as helm does: they are applied by install and left alone by upgrade',
  choices: CRDS,
  check: (value) =>
    CRDS.some((policy) => policy === value) ? undefined : 'invalid policy. Valid policies are skip, create, and update',
};

/** Ours: what is done about fields that others own. */
export const onConflictFlag: Flag = {
  kind: 'stringArray',
  name: 'on-conflict',
  usage:
    'look for fields that others own before anything is written, and yield them, force them, or fail, naming all of them: a ' +
    'word for all fields, or FIELD=WORD for one (can be given several times). Without it the server refuses them one object ' +
    'after the other. Replicas are left to an autoscaler either way',
};

/** Undefined: the server refuses what others own when it is written, but for what is always decided alike. Throws ResourceError. */
export function conflictPolicy(flags: FlagValues): ConflictPolicy | undefined {
  const given = flags.list('on-conflict');
  return given.length === 0 ? undefined : parseConflictPolicy(given);
}

export const historyMaxFlag = (environment: Readonly<Record<string, string | undefined>>): Flag => {
  const given = environment['HELM_MAX_HISTORY'] ?? '';
  const fallback = /^\d+$/.test(given) ? Number(given) : 10;
  return { kind: 'int', name: 'history-max', usage: 'how many revisions are kept; 0 keeps all', default: fallback };
};

/** Undefined: as helm does by default. Throws CommandError. */
export function crdsPolicy(flags: FlagValues): CrdsPolicy | undefined {
  const given = CRDS.find((policy) => policy === flags.text('crds'));
  if (!flags.bool('skip-crds')) return given;
  if (given !== undefined && given !== 'skip') throw new CommandError(`--skip-crds and --crds=${given} contradict`);
  return 'skip';
}

export function interruptedPolicy(flags: FlagValues): InterruptedPolicy {
  return flags.bool('resume') ? 'resume' : 'fail';
}

/** Zero is no limit. */
export function deadline(flags: FlagValues): number | undefined {
  const milliseconds = flags.duration('deadline');
  return milliseconds > 0 ? milliseconds : undefined;
}

/** `--wait`, its old values among them. */
export function waitStrategy({ log }: Pick<CommandContext, 'log'>, flags: FlagValues): WaitStrategy {
  const text = flags.text('wait');
  switch (text) {
    case 'watcher':
    case 'legacy':
      return text;
    case 'true':
      log.warn('--wait=true is deprecated (boolean value) and can be replaced with --wait=watcher');
      return 'watcher';
    case 'false':
      log.warn('--wait=false is deprecated (boolean value) and can be replaced with --wait=hookOnly');
      return 'hookOnly';
    default:
      return 'hookOnly';
  }
}

/** Throws CommandError. */
export function serverSide(flags: FlagValues): ServerSide {
  const text = flags.text('server-side');
  if (text === 'auto') return text;
  const value = parseGoBool(text);
  if (value === undefined) throw new CommandError(`invalid/unknown release server-side apply method: ${text}`);
  return value ? 'true' : 'false';
}

export function forceReplace(flags: FlagValues): boolean {
  return flags.bool('force-replace') || flags.bool('force');
}

export function rollbackOnFailure(flags: FlagValues): boolean {
  return flags.bool('rollback-on-failure') || flags.bool('atomic');
}
