import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactArguments } from './arguments.ts';
import type { Command, CommandEntry } from './command.ts';
import { CommandError } from './command-error.ts';
import { runCommand } from './run-command.ts';
import { testHost } from './test-host.test.fixture.ts';

const greet: Command = {
  usage: 'NAME',
  long: 'Greets somebody.',
  arguments: exactArguments(1),
  flags: (environment) => [
    { kind: 'string', name: 'word', short: 'w', usage: 'what to say', default: environment['WORD'] ?? 'hello' },
    { kind: 'bool', name: 'loud', usage: 'say it loudly' },
    { kind: 'bool', name: 'quiet', usage: 'whisper' },
    { kind: 'bool', name: 'shout', usage: 'as --loud', deprecated: 'use --loud instead' },
  ],
  exclusiveFlags: [['quiet', 'loud']],
  run: async ({ streams, settings, log }, [name = ''], flags) => {
    if (name === 'nobody') throw new CommandError('there is nobody', { advice: 'Try somebody.' });
    if (name === 'bug') return 'x'.repeat(-name.length).length;
    log.debug('greeting', { name });
    log.warn('careful: a "quoted" text', { count: 2 });
    streams.output.write(`${flags.text('word')} ${name} in ${settings.namespace}\n`);
    return 0;
  },
};

const root: CommandEntry = {
  name: 'prog',
  short: 'a program',
  long: 'A program.',
  subcommands: [
    { name: 'greet', aliases: ['hi'], short: 'greet somebody', load: async () => greet },
    { name: 'group', short: 'a group', subcommands: [{ name: 'greet', short: 'greet', load: async () => greet }] },
    { name: 'secret', short: 'not shown', hidden: true, load: async () => greet },
  ],
};

async function run(line: string, environment: Readonly<Record<string, string>> = {}) {
  const host = testHost(environment);
  const code = await runCommand(root, line.split(' '), host);
  return { code, output: host.said.output.join(''), errors: host.said.errors.join('') };
}

test('runs a command by name or alias, in a group, with flags anywhere', async () => {
  const warning = 'level=WARN msg="careful: a \\"quoted\\" text" count=2\n';
  for (const line of ['greet you -n x', '-n x hi you', 'group greet --namespace=x you', 'secret you -nx']) {
    assert.deepEqual(await run(line), { code: 0, output: 'hello you in x\n', errors: warning });
  }
});

test('takes defaults from the environment, and says more when told to', async () => {
  const said = await run('greet you --debug --shout', { WORD: 'good day', HELM_NAMESPACE: 'there' });
  assert.equal(said.output, 'good day you in there\n');
  assert.match(
    said.errors,
    /^Flag --shout has been deprecated, use --loud instead\nlevel=DEBUG msg=greeting name=you\n/,
  );
});

test('says what is wrong, with exit code 1', async () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['greet', 'Error: "prog greet" requires 1 argument\n\nUsage:  prog greet NAME [flags]\n'],
    ['greet nobody', 'Error: there is nobody\nTry somebody.\n'],
    ['greet you --nope', 'Error: unknown flag: --nope\n'],
    [
      'greet you --loud --quiet',
      'Error: if any flags in the group [quiet loud] are set none of the others can be; [loud quiet] were all set\n',
    ],
    [
      'gret you',
      'Error: unknown command "gret" for "prog"\n\nDid you mean this?\n\tgreet\n\n' + "Run 'prog --help' for usage.\n",
    ],
    ['zzzzzzz', 'Error: unknown command "zzzzzzz" for "prog"\n' + "Run 'prog --help' for usage.\n"],
  ];
  for (const [line, errors] of wrong) assert.deepEqual(await run(line), { code: 1, output: '', errors });
});

test('shows where a bug is', async () => {
  assert.match((await run('greet bug')).errors, /^Error: .*\nRangeError: .*\n +at /);
});

test('prints help for commands and groups', async () => {
  const help = await run('greet --help', { HOME: '/home' });
  assert.match(
    help.output,
    /^Greets somebody\.\n\nUsage:\n {2}prog greet NAME \[flags\]\n\nAliases:\n {2}greet, hi\n\nFlags:\n {2}-h, --help {10}help for greet\n/,
  );
  assert.match(help.output, /--content-cache string .* \(default "\/home\/\.cache\/helm\/content"\)\n/);
  const group = await run('group nothing');
  assert.equal(group.code, 0);
  assert.match(
    group.output,
    /^a group\n\nUsage:\n {2}prog group \[command\]\n\nAvailable Commands:\n {2}greet {7}greet\n/,
  );
  assert.doesNotMatch((await run('-h')).output, /secret/);
});
