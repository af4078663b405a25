/** A record of a release from JSON, whichever program wrote it. */
import { mapOf, readChart } from './read-chart.ts';
import {
  intOf,
  type JsonMembers,
  listOf,
  MemberError,
  memberOf,
  objectOf,
  stringOf,
  stringsOf,
} from './read-members.ts';
import type { HookPhase, HookRun, Release, ReleaseHook, ReleaseInfo, ReleaseStatus } from './release.ts';

const STATUSES: ReadonlySet<string> = new Set<ReleaseStatus>([
  'unknown',
  'deployed',
  'uninstalled',
  'superseded',
  'failed',
  'uninstalling',
  'pending-install',
  'pending-upgrade',
  'pending-rollback',
]);

/** What Go's zero time looks like in records of older programs. */
const ZERO_TIME = '0001-01-01T00:00:00';

const PHASES: ReadonlySet<string> = new Set<HookPhase>(['', 'Unknown', 'Running', 'Succeeded', 'Failed']);

/** The release of a record; its labels and annotations are not part of it. Throws MemberError. */
export function readRelease(value: unknown): Release {
  if (typeof value !== 'object' || value === null) throw new MemberError('the record is not an object');
  const record = objectOf(value, '');
  const name = stringOf(record, 'name', '');
  if (name === '') throw new MemberError('name is missing');
  return {
    name,
    namespace: stringOf(record, 'namespace', ''),
    revision: intOf(record, 'version', ''),
    info: readInfo(memberOf(record, 'info')),
    chart: (memberOf(record, 'chart') ?? undefined) === undefined ? undefined : readChart(record['chart'], 'chart'),
    config: mapOf(record, 'config', ''),
    manifest: stringOf(record, 'manifest', ''),
    hooks: listOf(record, 'hooks', '', readHook),
    applyMethod: readApplyMethod(record),
    labels: {},
  };
}

function readApplyMethod(record: JsonMembers): Release['applyMethod'] {
  const method = stringOf(record, 'apply_method', '');
  return method === 'ssa' || method === 'csa' ? method : '';
}

function readInfo(value: unknown): ReleaseInfo {
  const info = objectOf(value, 'info');
  const string = (name: string): string => stringOf(info, name, 'info');
  const time = (name: string): string => (string(name).startsWith(ZERO_TIME) ? '' : string(name));
  const status = string('status');
  return {
    firstDeployed: time('first_deployed'),
    lastDeployed: time('last_deployed'),
    deleted: time('deleted'),
    description: string('description'),
    status: isStatus(status) ? status : 'unknown',
    notes: string('notes'),
  };
}

function isStatus(text: string): text is ReleaseStatus {
  return STATUSES.has(text);
}

function isPhase(text: string): text is HookPhase {
  return PHASES.has(text);
}

function readHook(value: unknown, path: string): ReleaseHook {
  const hook = objectOf(value, path);
  const string = (name: string): string => stringOf(hook, name, path);
  return {
    name: string('name'),
    kind: string('kind'),
    path: string('path'),
    manifest: string('manifest'),
    events: stringsOf(hook, 'events', path),
    lastRun: readRun(memberOf(hook, 'last_run'), `${path}.last_run`),
    weight: intOf(hook, 'weight', path),
    deletePolicies: stringsOf(hook, 'delete_policies', path),
    outputLogPolicies: stringsOf(hook, 'output_log_policies', path),
  };
}

function readRun(value: unknown, path: string): HookRun {
  const run = objectOf(value, path);
  const time = (name: string): string => {
    const text = stringOf(run, name, path);
    return text.startsWith(ZERO_TIME) ? '' : text;
  };
  const phase = stringOf(run, 'phase', path);
  return {
    startedAt: time('started_at'),
    completedAt: time('completed_at'),
    phase: isPhase(phase) ? phase : 'Unknown',
  };
}
