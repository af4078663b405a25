/** Completion: what both programs answer to `__complete`, and what real shells offer with the scripts of both. */
import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { clientBinary, kindredProgram, runCommand } from '@kindred-conformance/clients';
import { HelmHome } from './fixtures/helm-home.ts';
import { offeredWords, type Shell, withoutShell } from './fixtures/shells.ts';

/** Commands of ours only. */
const OURS = new Set(['tree']);

let home: HelmHome;
before(async () => {
  home = await HelmHome.make();
  await home.write({
    'here/afile': '',
    'here/values.yaml': '',
    'here/adir/x': '',
    'config/repositories.yaml': 'apiVersion: ""\nrepositories:\n- {name: stable, url: "https://example.org/stable"}\n',
    'cache/repository/stable-charts.txt': 'web\nweb-api\n',
    'cache/repository/stable-index.yaml':
      'apiVersion: v1\nentries:\n  web:\n  - {apiVersion: v2, name: web, version: 2.0.0, appVersion: "9"}\n  - {apiVersion: v2, name: web, version: 1.0.0}\n',
  });
  const ours = commandsOf(await home.ours(['__complete', '']));
  for (const name of commandsOf(await home.helm(['__complete', '']))) ours.delete(name);
  for (const name of ours) OURS.add(name);
});
after(() => home.close());

function commandsOf({ stdout }: { readonly stdout: string }): Set<string> {
  return new Set(stdout.match(/^[a-z-]+(?=\t)/gm));
}

// Words behind `__complete`; a blank at the end begins a new one.
const LINES: readonly string[] = [
  '',
  'i',
  '-n x ',
  'nosuch ',
  'repo nosuch ',
  'repo ',
  'repo add ',
  'repo remove ',
  'repo remove stable ',
  'pull ',
  'pull f',
  'pull stable/',
  'pull stable/web-',
  'pull stable/web --version ',
  'install ',
  'install x ',
  'install x s',
  'install x stable/',
  'install x oci://',
  'install x ./a',
  'install -g ',
  'install x y ',
  'install --version ',
  'install --dry-run ',
  'install -- -',
  'template x h',
  'show all ',
  'push x ',
  'create x ',
  'verify x ',
  'dependency list ',
  'registry login ',
  'plugin update ',
  'env HELM_N',
  'help li',
  'help repo a',
  'help repo add ',
  'list x ',
  'list --time',
  'list -o ',
  'list --output=j',
  'list -n ',
  'status ',
  'rollback x 1 ',
];

test(`answers the scripts as helm does (${LINES.length} lines)`, async () => {
  const differences: unknown[] = [];
  const queue = [...LINES];
  const work = async (): Promise<void> => {
    for (let line = queue.shift(); line !== undefined; line = queue.shift()) {
      const words = ['__complete', ...line.split(' ')];
      const [helm, ours] = [answer(await home.helm(words), line), answer(await home.ours(words), line)];
      if (helm !== ours) differences.push({ line, helm, ours });
    }
  };
  await Promise.all([work(), work()]);
  assert.deepEqual(differences, []);
});

/** Words that begin as typed, without what they mean, and the directive. Helm leaves it to the shell to look at what was typed. */
function answer({ stdout }: { readonly stdout: string }, line: string): string {
  const typed = (line.split(' ').at(-1) ?? '').replace(/^--[^=]*=/, '');
  return stdout
    .split('\n')
    .map((each) => each.replace(/\t.*/, ''))
    .filter((word) => word.startsWith(':') || (word.startsWith(typed) && !OURS.has(word) && word !== '_activeHelp_'))
    .filter((word) => !word.startsWith('_activeHelp_'))
    .sort()
    .join('\n');
}

const TYPED: readonly string[] = ['in', 'install x stable/w', 'template x ./a', 'list --output=', 'nosuch '];

for (const shell of ['fish', 'zsh'] as const) {
  test(`offers in ${shell} what helm's script offers`, { skip: withoutShell(shell) }, async () => {
    const helm = await offeredBy('helm', shell);
    const ours = await offeredBy('kindred helm', shell);
    assert.deepEqual(ours, helm);
    assert.deepEqual(helm.get('in'), ['install']);
  });
}

test('offers in bash what fits', { skip: withoutShell('bash') }, async () => {
  const offered = await offeredBy('kindred helm', 'bash');
  assert.deepEqual(Object.fromEntries(offered), {
    in: ['install'],
    'install x stable/w': ['stable/web', 'stable/web-api'],
    'template x ./a': ['./adir', './afile'],
    'list --output=': ['json', 'table', 'yaml'],
    'nosuch ': ['adir', 'afile', 'values.yaml'],
  });
});

async function offeredBy(program: 'helm' | 'kindred helm', shell: Shell): Promise<Map<string, string[]>> {
  const path = join(home.path, 'programs', program);
  await mkdir(path, { recursive: true });
  const file = join(path, program.split(' ')[0] ?? '');
  const command = program === 'helm' ? await clientBinary('helm') : `${process.execPath} ${kindredProgram}`;
  await writeFile(file, `#!/bin/sh\nexec ${command} "$@"\n`);
  await chmod(file, 0o755);
  const options = { environment: home.environment };
  const { stdout: script } = await runCommand(file, [...program.split(' ').slice(1), 'completion', shell], options);
  return offeredWords(
    shell,
    { program, script, path, directory: join(home.path, 'here'), home: home.path, environment: home.environment },
    TYPED,
  );
}
