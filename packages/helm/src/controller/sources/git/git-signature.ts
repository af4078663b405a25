/** Signatures of commits and tags (git documentation, signature-format), by OpenPGP keys that are trusted. */
import { ChartError } from '../../../chart/chart.ts';
import { verifyDetached } from '../../../provenance/openpgp.ts';
import type { GitVerification } from '../../intent/release-intent.ts';
import { SourceError } from '../source-error.ts';
import type { ResolvedReference } from './git-reference.ts';
import type { GitRepository } from './git-repository.ts';

/** @throws SourceError when what must be signed isn't, or not by one of the keys */
export async function verifyReference(
  repository: GitRepository,
  { name, commit, tag }: ResolvedReference,
  mode: GitVerification['mode'],
  keys: readonly Uint8Array[],
): Promise<void> {
  if (keys.length === 0) throw new SourceError('the Secret of those who may sign is empty');
  if (mode !== 'HEAD') {
    const what = name.replace('refs/tags/', '');
    if (tag === undefined)
      throw new SourceError(`${what === '' ? commit : what} is no annotated tag, so it has no signature`);
    await repository.fetch(tag, name);
    await verify(signedTag(await repository.read('tag', tag)), `tag ${what}`, keys);
  }
  if (mode !== 'Tag') await verify(signedCommit(await repository.read('commit', commit)), `commit ${commit}`, keys);
}

interface Signed {
  readonly payload: Buffer;
  readonly signature: string;
}

async function verify({ payload, signature }: Signed, what: string, keys: readonly Uint8Array[]): Promise<void> {
  if (signature === '') throw new SourceError(`${what} is not signed`);
  if (!signature.startsWith('-----BEGIN PGP SIGNATURE-----')) {
    throw new SourceError(`${what} is not signed with OpenPGP, which is what is checked`);
  }
  try {
    await verifyDetached(payload, signature, keys);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new SourceError(`the signature of ${what} is not trusted: ${error.message}`, { cause: error });
  }
}

/** The signature is a header of several lines, and the rest is what was signed. */
function signedCommit(commit: Buffer): Signed {
  // As bytes, since messages may be in any encoding.
  const text = commit.toString('latin1');
  const end = text.indexOf('\n\n');
  const head = text.slice(0, end + 1);
  const header = /^gpgsig(?:-sha256)? (.*\n(?: .*\n)*)/m.exec(head);
  if (header === null) return { payload: commit, signature: '' };
  const rest = head.slice(0, header.index) + head.slice(header.index + header[0].length);
  return {
    payload: Buffer.from(rest + text.slice(end + 1), 'latin1'),
    signature: (header[1] ?? '').replace(/^ /gm, ''),
  };
}

/** The signature stands at the end of the message. */
function signedTag(tag: Buffer): Signed {
  const text = tag.toString('latin1');
  const start = /^-----BEGIN (PGP|SSH) SIGNATURE-----$/m.exec(text)?.index;
  if (start === undefined) return { payload: tag, signature: '' };
  return { payload: Buffer.from(text.slice(0, start), 'latin1'), signature: text.slice(start) };
}
