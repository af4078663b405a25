/** The flags and the output that the commands of `helm diff` share. */
import { formatJson, formatTable, formatUnified, hasChanges } from '../../diff/format-diff.ts';
import type { DiffOptions, ReleaseDiff } from '../../diff/object-diff.ts';
import { quote } from '../../go/quote.ts';
import type { Release } from '../../release/release.ts';
import type { CommandContext } from '../command.ts';
import type { Flag } from '../flags/flag.ts';
import type { FlagValues } from '../flags/flag-values.ts';

/** What `--exit-code` gives when something would change; 1 stays what failures have. */
const CHANGED = 2;
const FORMATS = ['unified', 'json', 'table'];

export const diffFlags: readonly Flag[] = [
  {
    kind: 'string',
    name: 'output',
    short: 'o',
    usage: 'format of the output: unified (text), json, or table (a line for each object)',
    typeName: 'format',
    default: 'unified',
    choices: FORMATS,
    check: (value) => (FORMATS.includes(value) ? undefined : `invalid format ${quote(value)}: ${FORMATS.join(', ')}`),
  },
  { kind: 'int', name: 'context', short: 'C', usage: 'lines to show around each change', default: 3 },
  { kind: 'bool', name: 'exit-code', usage: 'exit with 2 when there are differences' },
  { kind: 'bool', name: 'no-hooks', usage: 'leave hooks out' },
  { kind: 'bool', name: 'show-secrets', usage: 'show the values of Secrets' },
];

export function diffOptions(flags: FlagValues, namespace: string): DiffOptions {
  return { namespace, showSecrets: flags.bool('show-secrets'), context: Math.max(0, flags.number('context')) };
}

/** Prints a diff; gives the exit code. */
export function printDiff({ streams, settings }: CommandContext, diff: ReleaseDiff, flags: FlagValues): number {
  const color = settings.color === 'always' || (settings.color === 'auto' && streams.output.isTerminal);
  const format = flags.text('output');
  if (format === 'json') streams.output.write(formatJson(diff));
  else if (format === 'table') streams.output.write(formatTable(diff, { color }));
  else streams.output.write(formatUnified(diff, { color }));
  return flags.bool('exit-code') && hasChanges(diff) ? CHANGED : 0;
}

/** All objects of a revision, with its hooks unless they aren't wanted. */
export function comparedManifest(release: Pick<Release, 'manifest' | 'hooks'>, flags: FlagValues): string {
  if (flags.bool('no-hooks')) return release.manifest;
  const hooks = release.hooks.map(({ path, manifest }) => `---\n# Source: ${path}\n${manifest}\n`);
  return `${release.manifest}\n${hooks.join('')}`;
}
