/** A release as Go templates see it (`helm get all --template`): the fields of helm's struct. */
import { GoMap, type GoObject, type GoValue, goInt, goObject } from '../../go/value.ts';
import type { Release, ReleaseHook, StoredChart } from '../../release/release.ts';
import { releaseMoment } from '../../release/release-time.ts';
import { timeText } from '../../time/format-time.ts';

const struct = (type: string, fields: Readonly<Record<string, GoValue>>): GoObject =>
  goObject(type, { kind: 'ptr', fields: new Map(Object.entries(fields)) });

const strings = (items: readonly string[]): GoValue => ({ go: 'slice', type: '[]string', items: [...items] });

/** Times are shown as Go prints them. */
function time(text: string): GoValue {
  const moment = releaseMoment(text);
  return goObject('time.Time', {
    text: () => (moment === undefined ? '0001-01-01 00:00:00 +0000 UTC' : timeText(moment)),
    json: () => text,
    methods: new Map([['IsZero', { parameters: [], run: () => moment === undefined }]]),
  });
}

export function releaseObject(release: Release): GoObject {
  const { info } = release;
  return struct('*v1.Release', {
    Name: release.name,
    Namespace: release.namespace,
    Version: goInt(release.revision),
    Manifest: release.manifest,
    Config: release.config,
    Labels: new GoMap(Object.entries(release.labels), 'map[string]string'),
    ApplyMethod: release.applyMethod,
    Hooks: { go: 'slice', type: '[]*v1.Hook', items: release.hooks.map(hookObject) },
    Chart: release.chart === undefined ? null : chartObject(release.chart),
    Info: struct('*v1.Info', {
      FirstDeployed: time(info.firstDeployed),
      LastDeployed: time(info.lastDeployed),
      Deleted: time(info.deleted),
      Description: info.description,
      Status: info.status,
      Notes: info.notes,
    }),
  });
}

function hookObject(hook: ReleaseHook): GoObject {
  return struct('*v1.Hook', {
    Name: hook.name,
    Kind: hook.kind,
    Path: hook.path,
    Manifest: hook.manifest,
    Events: strings(hook.events),
    Weight: goInt(hook.weight),
    DeletePolicies: strings(hook.deletePolicies),
    OutputLogPolicies: strings(hook.outputLogPolicies),
    LastRun: struct('v1.HookExecution', {
      StartedAt: time(hook.lastRun.startedAt),
      CompletedAt: time(hook.lastRun.completedAt),
      Phase: hook.lastRun.phase,
    }),
  });
}

function chartObject({ metadata, values }: StoredChart): GoObject {
  return struct('*v2.Chart', {
    Name: metadata.name,
    Values: values,
    Metadata: struct('*v2.Metadata', {
      Name: metadata.name,
      Home: metadata.home,
      Sources: strings(metadata.sources),
      Version: metadata.version,
      Description: metadata.description,
      Keywords: strings(metadata.keywords),
      Icon: metadata.icon,
      APIVersion: metadata.apiVersion,
      AppVersion: metadata.appVersion,
      Deprecated: metadata.deprecated,
      KubeVersion: metadata.kubeVersion,
      Type: metadata.type,
      Annotations: new GoMap(metadata.annotations, 'map[string]string'),
    }),
  });
}
