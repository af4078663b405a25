/** A git repository with one page, on this machine. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@kindred-conformance/clients';

export interface GitSite {
  readonly directory: string;
  /** As `git clone` takes it. */
  readonly url: string;
}

const identity = ['-c', 'user.name=Suite', '-c', 'user.email=suite@localhost'];

/** Makes the repository, with `content` as its page. */
export async function createGitSite(directory: string, content: string): Promise<GitSite> {
  await mkdir(directory, { recursive: true });
  await git(['init', '--quiet', '--initial-branch=master', directory]);
  await commitPage(directory, content);
  return { directory, url: `file://${directory}` };
}

/** Commits another page. */
export async function commitPage(directory: string, content: string): Promise<void> {
  await writeFile(join(directory, 'index.html'), content);
  await git(['-C', directory, 'add', 'index.html']);
  await git([...identity, '-C', directory, 'commit', '--quiet', '--message', 'A page']);
}

async function git(args: readonly string[]): Promise<void> {
  const { code, stderr } = await runCommand('git', args);
  if (code !== 0) throw new Error(`git ${args.join(' ')} exited with ${code}: ${stderr}`);
}
