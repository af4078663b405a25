/** The flags that install and template share, and those that upgrade has too. */

import { quote } from '../../go/quote.ts';
import type { Flag } from '../flags/flag.ts';
import type { Environment } from '../host.ts';
import { chartFlags } from './chart-flags.ts';
import { valueFlags } from './value-flags.ts';

const DEFAULT_TIMEOUT = 5 * 60_000;

export function dryRunFlag(fallback: 'none' | 'client'): Flag {
  const usage = 'try without changing anything: none, client (without the cluster), or server (asks the cluster)';
  return { kind: 'string', name: 'dry-run', usage, default: fallback, bare: 'unset' };
}

export const timeoutFlag: Flag = {
  kind: 'duration',
  name: 'timeout',
  usage: 'how long one operation on the cluster may take, such as a Job of a hook',
  default: DEFAULT_TIMEOUT,
};

export const waitFlag: Flag = {
  kind: 'string',
  name: 'wait',
  usage: 'what to wait for, up to --timeout: watcher (all objects), hookOnly (hooks), or legacy (as helm 3 did)',
  typeName: 'WaitStrategy',
  default: 'hookOnly',
  bare: 'watcher',
  check: (value) =>
    ['watcher', 'hookOnly', 'legacy', 'true', 'false'].includes(value)
      ? undefined
      : `invalid wait input ${quote(value)}. Valid inputs are watcher, hookOnly, and legacy`,
};

export const waitForJobsFlag: Flag = {
  kind: 'bool',
  name: 'wait-for-jobs',
  usage: 'with --wait: wait until all Jobs are complete, up to --timeout',
};

export const forceFlags: readonly Flag[] = [
  { kind: 'bool', name: 'force-conflicts', usage: 'with server-side apply: take over fields that others own' },
  { kind: 'bool', name: 'force-replace', usage: 'replace objects instead of changing them' },
  { kind: 'bool', name: 'force', usage: 'the old name of --force-replace', deprecated: 'use --force-replace instead' },
];

const postRendererFlags: readonly Flag[] = [
  {
    kind: 'string',
    name: 'post-renderer',
    typeName: 'postRendererString',
    usage: 'name of a plugin that changes the manifests after rendering',
  },
  {
    kind: 'stringArray',
    name: 'post-renderer-args',
    typeName: 'postRendererArgsSlice',
    usage: 'an argument for the post-renderer (can be given several times)',
  },
];

/** What install, template and upgrade have in common. */
export function releaseFlags(environment: Environment): readonly Flag[] {
  return [
    ...chartFlags(environment),
    ...valueFlags,
    ...postRendererFlags,
    ...forceFlags,
    timeoutFlag,
    waitFlag,
    waitForJobsFlag,
    { kind: 'bool', name: 'create-namespace', usage: "make the release's namespace if there is none" },
    { kind: 'bool', name: 'dependency-update', usage: 'fetch missing dependencies of the chart first' },
    { kind: 'string', name: 'description', usage: 'text that the record of the release shows' },
    { kind: 'bool', name: 'disable-openapi-validation', usage: "don't check manifests against the cluster's OpenAPI" },
    { kind: 'bool', name: 'enable-dns', usage: 'let templates look up host names' },
    { kind: 'bool', name: 'hide-notes', usage: "don't show the notes; the record keeps them" },
    {
      kind: 'stringToString',
      name: 'labels',
      short: 'l',
      usage: 'labels of the record of the release: key1=val1,key2=val2',
    },
    { kind: 'bool', name: 'no-hooks', usage: "don't run hooks" },
    { kind: 'bool', name: 'render-subchart-notes', usage: 'show the notes of dependencies too' },
    {
      kind: 'bool',
      name: 'rollback-on-failure',
      usage: 'undo what was done when it fails; waits as with --wait=watcher',
    },
    {
      kind: 'bool',
      name: 'atomic',
      usage: 'the old name of --rollback-on-failure',
      deprecated: 'use --rollback-on-failure instead',
    },
    { kind: 'bool', name: 'skip-crds', usage: "don't install the chart's CustomResourceDefinitions" },
    { kind: 'bool', name: 'skip-schema-validation', usage: "don't check the values against the chart's schema" },
    { kind: 'bool', name: 'take-ownership', usage: 'take over objects that exist already, whoever they belong to' },
  ];
}

/** What install and template have beside that. */
export function installFlags(environment: Environment): readonly Flag[] {
  return [
    ...releaseFlags(environment),
    { kind: 'bool', name: 'generate-name', short: 'g', usage: 'make up a name (then NAME is left out)' },
    { kind: 'string', name: 'name-template', usage: 'template for the name' },
    { kind: 'bool', name: 'replace', usage: 'use the name of a release that was removed and has kept its history' },
    { kind: 'bool', name: 'server-side', usage: 'let the server merge changes (server-side apply)', default: true },
  ];
}

/** Flags that can't be given together. */
export const EXCLUSIVE_FORCE: readonly (readonly string[])[] = [['force-replace', 'force-conflicts']];
