import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { createMessage, generateKey, type PrivateKey, sign } from 'openpgp';
import type { GitVerification } from '../../intent/release-intent.ts';
import { SourceError } from '../source-error.ts';
import { fetchGitChart } from './git-source.ts';
import { CHART_YAML, testRepository } from './testing.ts';

const newKey = () => generateKey({ userIDs: [{ name: 'Ann', email: 'ann@localhost' }], format: 'object' });

async function signatureOf(text: string, signingKeys: PrivateKey): Promise<string> {
  const message = await createMessage({ binary: Buffer.from(text) });
  return (await sign({ message, signingKeys, detached: true })).replaceAll('\r\n', '\n');
}

test('commits and tags count only when a key that is trusted has signed what is there', async (t) => {
  const { privateKey, publicKey } = await newKey();
  const stranger = await newKey();
  const repository = await testRepository(t, {}, { 'ann.asc': publicKey.armor() });
  const { git, options, commit, source, directory } = repository;
  const plain = await commit({ 'Chart.yaml': CHART_YAML });
  const store = (type: string, text: string): string =>
    execFileSync('git', ['-C', directory, 'hash-object', '-t', type, '-w', '--stdin'], { input: text })
      .toString()
      .trim();
  const body = `${await git('cat-file', 'commit', plain)}\n`;
  const withHeader = (text: string, signature: string): string => {
    const lines = signature.trimEnd().split('\n').join('\n ');
    return text.replace('\n\n', `\ngpgsig ${lines}\n\n`);
  };
  const tagText = (object: string) =>
    `object ${object}\ntype commit\ntag v1\ntagger Ann <ann@localhost> 1 +0000\n\nwords\n`;
  const signed = store('commit', withHeader(body, await signatureOf(body, privateKey)));
  const others = store('commit', withHeader(body, await signatureOf(body, stranger.privateKey)));
  const changed = store('commit', withHeader(body.replace('\n\nx', '\n\ny'), await signatureOf(body, privateKey)));
  const bySsh = store('commit', withHeader(body, '-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----'));
  await git('update-ref', 'refs/heads/signed', signed);
  await git('update-ref', 'refs/heads/others', others);
  await git('update-ref', 'refs/heads/changed', changed);
  await git('update-ref', 'refs/heads/ssh', bySsh);
  for (const [name, object] of [
    ['both', signed],
    ['plain', plain],
  ] as const) {
    const text = tagText(object);
    await git('update-ref', `refs/tags/${name}`, store('tag', text + (await signatureOf(text, privateKey))));
  }
  const bare = store('tag', tagText(signed));
  await git('update-ref', 'refs/tags/bare', bare);
  await git('update-ref', 'refs/tags/light', signed);
  const fetch = (mode: GitVerification['mode'], ref: object) =>
    fetchGitChart(source({ ref, verify: { mode, secret: { namespace: '', name: 'keys' } } }), options);
  assert.equal((await fetch('HEAD', { branch: 'signed' })).origin, signed);
  assert.equal((await fetch('Tag', { tag: 'plain' })).origin, plain);
  assert.equal((await fetch('TagAndHEAD', { tag: 'both' })).origin, signed);
  const refused: readonly (readonly [GitVerification['mode'], object, RegExp])[] = [
    ['HEAD', {}, /commit [0-9a-f]{40} is not signed/],
    ['HEAD', { branch: 'others' }, /not trusted: .*unknown entity/],
    ['HEAD', { branch: 'changed' }, /not trusted: .*invalid signature/],
    ['HEAD', { branch: 'ssh' }, /not signed with OpenPGP/],
    ['TagAndHEAD', { tag: 'plain' }, /commit [0-9a-f]{40} is not signed/],
    ['Tag', { tag: 'bare' }, /tag bare is not signed/],
    ['Tag', { tag: 'light' }, /light is no annotated tag/],
    ['Tag', { branch: 'signed' }, /is no annotated tag/],
  ];
  for (const [mode, ref, message] of refused) {
    await assert.rejects(fetch(mode, ref), (error: unknown) => {
      assert.ok(error instanceof SourceError);
      assert.match(error.message, message);
      return true;
    });
  }
});
