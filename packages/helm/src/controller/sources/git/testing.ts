/** Repositories for the tests of git sources. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { GitSource, ObjectName } from '../../intent/release-intent.ts';
import type { SourceData } from '../source-access.ts';
import type { GitFetchOptions } from './git-source.ts';

const run = promisify(execFile);

export interface TestRepository {
  readonly directory: string;
  readonly url: string;
  readonly options: GitFetchOptions;
  git(...args: readonly string[]): Promise<string>;
  /** Writes files, commits everything, and gives the commit. */
  commit(files: Readonly<Record<string, string>>, tag?: string): Promise<string>;
  source(more?: Partial<GitSource>): GitSource;
}

/** What the Secrets of a test have, by name; sources name them in `access.secret`. */
export interface TestSecrets {
  readonly [name: string]: Partial<SourceData> | undefined;
}

export async function testRepository(
  t: TestContext,
  secrets: TestSecrets = {},
  keys: Readonly<Record<string, string>> = {},
): Promise<TestRepository> {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-git-'));
  t.after(() => rm(directory, { recursive: true }));
  const work = join(directory, 'work');
  const git = async (...args: readonly string[]) => {
    const settings = ['user.name=Suite', 'user.email=suite@localhost', 'protocol.file.allow=always'];
    const given = settings.flatMap((setting) => ['-c', setting]);
    return (await run('git', [...given, '-C', work, ...args])).stdout.trim();
  };
  await mkdir(work);
  await git('init', '--quiet', '--initial-branch=main');
  const named = ({ name }: ObjectName) => name;
  return {
    directory: work,
    url: `file://${work}`,
    git,
    options: {
      cacheDirectory: join(directory, 'cache'),
      protocols: ['file', 'http', 'https', 'ssh'],
      environment: process.env,
      secrets: {
        access: ({ secret }) =>
          Promise.resolve({ data: {}, tls: {}, ...(secret === undefined ? {} : secrets[named(secret)]) }),
        keys: () => Promise.resolve(new Map(Object.entries(keys).map(([name, key]) => [name, Buffer.from(key)]))),
      },
    },
    async commit(files, tag) {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(work, name)), { recursive: true });
        await writeFile(join(work, name), content);
      }
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '--message', 'x');
      if (tag !== undefined) await git('tag', '--annotate', '--message', 'x', tag);
      return git('rev-parse', 'HEAD');
    },
    source: (more = {}) => ({ type: 'git', url: `file://${work}`, path: '', ref: {}, access: {}, ...more }),
  };
}

export const CHART_YAML = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';
