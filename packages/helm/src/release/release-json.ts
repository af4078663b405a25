/** The record of a release as JSON: the bytes that helm 4.1 writes for the same release. */
import { encodeGoJson } from '../go/json.ts';
import { chartText } from './chart-json.ts';
import { listMember, numberMember, objectText, stringsMember, textMember, valueText } from './json-text.ts';
import type { HookRun, Release, ReleaseHook, ReleaseInfo } from './release.ts';

export function releaseText(release: Release): string {
  return objectText([
    textMember('name', release.name),
    ['info', infoText(release.info)],
    ['chart', release.chart === undefined ? undefined : chartText(release.chart)],
    ['config', release.config.size === 0 ? undefined : valueText(release.config)],
    textMember('manifest', release.manifest),
    listMember('hooks', release.hooks.map(hookText)),
    numberMember('version', release.revision),
    textMember('namespace', release.namespace),
    textMember('apply_method', release.applyMethod),
  ]);
}

function infoText(info: ReleaseInfo): string {
  return objectText([
    textMember('first_deployed', info.firstDeployed),
    textMember('last_deployed', info.lastDeployed),
    textMember('deleted', info.deleted),
    textMember('description', info.description),
    ['status', encodeGoJson(info.status)],
    textMember('notes', info.notes),
  ]);
}

function hookText(hook: ReleaseHook): string {
  return objectText([
    textMember('name', hook.name),
    textMember('kind', hook.kind),
    textMember('path', hook.path),
    textMember('manifest', hook.manifest),
    stringsMember('events', hook.events),
    ['last_run', runText(hook.lastRun)],
    numberMember('weight', hook.weight),
    stringsMember('delete_policies', hook.deletePolicies),
    stringsMember('output_log_policies', hook.outputLogPolicies),
  ]);
}

function runText({ startedAt, completedAt, phase }: HookRun): string {
  return objectText([
    textMember('started_at', startedAt),
    textMember('completed_at', completedAt),
    ['phase', encodeGoJson(phase)],
  ]);
}
