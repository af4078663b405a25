/** Every command of helm 4 with its flags: names, short forms, types, defaults, usage line and aliases, as both print them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HelmHome } from './fixtures/helm-home.ts';

let home: HelmHome;
before(async () => {
  home = await HelmHome.make();
});
after(() => home.close());

interface Help {
  readonly usage: string;
  readonly aliases: string;
  readonly commands: readonly string[];
  /** Head and default of each flag, by its name. */
  readonly flags: ReadonlyMap<string, string>;
}

function readHelp(text: string): Help {
  const section = (title: string): string => new RegExp(`^${title}:\\n((?: .*\\n)+)`, 'm').exec(text)?.[1] ?? '';
  const flags = new Map<string, string>();
  for (const line of `${section('Flags')}${section('Global Flags')}`.split('\n')) {
    const match = /^ +((?:-\w, )?--([\w-]+)(?: [^ ]+)?) {2,}(.*)$/.exec(line);
    if (match === null) continue;
    const [, head = '', name = '', rest = ''] = match;
    flags.set(name, `${head}${/ \(default .*\)$/.exec(rest)?.[0] ?? ''}`);
  }
  return {
    usage: section('Usage'),
    aliases: section('Aliases'),
    commands: [...section('Available Commands').matchAll(/^ {2}(\S+)/gm)].map(([, name = '']) => name),
    flags,
  };
}

async function compareHelp(path: readonly string[], problems: string[]): Promise<void> {
  const name = ['helm', ...path].join(' ');
  const [theirs, said] = await Promise.all([home.helm([...path, '--help']), home.ours([...path, '--help'])]);
  const [helm, ours] = [readHelp(theirs.stdout), readHelp(said.stdout)];
  if (helm.usage !== ours.usage) problems.push(`${name}: usage ${ours.usage.trim()} instead of ${helm.usage.trim()}`);
  if (helm.aliases !== ours.aliases)
    problems.push(`${name}: aliases ${ours.aliases.trim()} instead of ${helm.aliases.trim()}`);
  for (const [flag, text] of helm.flags) {
    const own = ours.flags.get(flag);
    if (own !== text) problems.push(`${name}: flag ${own ?? 'nothing'} instead of ${text}`);
  }
  for (const command of helm.commands) {
    if (!ours.commands.includes(command)) problems.push(`${name} ${command} is missing`);
    else await compareHelp([...path, command], problems);
  }
}

test('has all commands and flags of helm', async () => {
  const problems: string[] = [];
  await compareHelp([], problems);
  assert.deepEqual(problems, []);
});
