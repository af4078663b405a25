/** Plugins out of version control: the newest state, or the newest tag in a range of versions. */
import { basename, join } from 'node:path';
import { proxyFromEnvironment } from '@kindred/client';
import { ChartError } from '../../chart/chart.ts';
import { fromBytes } from '../../go/bytes.ts';
import { quote } from '../../go/quote.ts';
import { type DetectedRepository, detectByAddress, detectByPage } from '../../plugins/version-control/detect.ts';
import {
  type VersionControlOptions,
  versionControlOf,
  type WorkingCopy,
  workingCopy,
} from '../../plugins/version-control/version-control.ts';
import { fetchFile } from '../../repositories/repository-access.ts';
import { constraintProblem, parseConstraints, satisfies } from '../../semver/constraint.ts';
import { compareVersions, parseVersion } from '../../semver/version.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { freePlace, installBeside, kindOf } from './plugin-place.ts';

const MAX_PAGE_BYTES = 1024 * 1024;

/** Throws CommandError for a source that isn't under version control. */
export async function installFromRepository(
  context: CommandContext,
  source: string,
  options: { readonly verify: boolean; readonly version: string },
): Promise<string> {
  const found = await detect(context, source);
  if (found === undefined) {
    throw new CommandError(
      `cannot get information about plugin source ${quote(source)} (if it's a local directory, does it exist?), ` +
        'last error was: Cannot detect VCS',
    );
  }
  if (options.verify) {
    throw new CommandError('plugin source does not support verification. Use --verify=false to skip verification');
  }
  context.streams.output.write('WARNING: Skipping plugin signature verification\n');
  const name = basename(source).replace(/\.(?:git|hg|svn|bzr)$/, '');
  await freePlace(context, name);
  return installBeside(context, async (aside) => {
    const from = join(aside, name);
    const copy = workingCopy(found.kind, from, programOptions(context));
    await copy.clone(found.remote);
    const version = await resolveVersion(copy, source, options.version);
    if (version !== undefined) await copy.checkout(version);
    if ((await kindOf(join(from, 'plugin.yaml'))) === undefined) {
      throw new CommandError('plugin metadata (plugin.yaml) missing');
    }
    return { from, name };
  });
}

/** Brings a plugin to the newest state of its branch. Throws CommandError where it isn't under version control. */
export async function updateRepository(context: CommandContext, directory: string): Promise<void> {
  const kind = await versionControlOf(directory);
  if (kind === undefined) {
    context.log.warn('cannot get information about plugin source', {
      location: directory,
      error: 'Cannot detect VCS',
    });
    throw new CommandError('cannot get information about plugin source');
  }
  await workingCopy(kind, directory, programOptions(context)).update();
}

function programOptions({ environment, signal }: CommandContext): VersionControlOptions {
  return { environment, signal };
}

async function detect(context: CommandContext, source: string): Promise<DetectedRepository | undefined> {
  const known = detectByAddress(source) ?? (await detectFile(source));
  if (known !== undefined || !/^https?:\/\//.test(source)) return known;
  const proxy = proxyFromEnvironment(context.environment);
  const url = `${source}${source.includes('?') ? '&' : '?'}go-get=1`;
  try {
    return detectByPage(
      fromBytes(await fetchFile(url, { url }, { maxBytes: MAX_PAGE_BYTES, signal: context.signal, proxy })),
    );
  } catch (error) {
    // A host that answers nothing tells nothing.
    if (!(error instanceof ChartError)) throw error;
    return undefined;
  }
}

async function detectFile(source: string): Promise<DetectedRepository | undefined> {
  const path = /^file:\/\/(?:localhost)?(\/.*)$/.exec(source)?.[1];
  if (path === undefined) return undefined;
  const kind = (await versionControlOf(path)) ?? (await bareRepository(path));
  return kind === undefined ? undefined : { kind, remote: source };
}

/** Repositories that others push to have no copy of the files. */
async function bareRepository(path: string): Promise<'git' | 'svn' | undefined> {
  if ((await kindOf(join(path, 'HEAD'))) === 'file' && (await kindOf(join(path, 'objects'))) === 'directory')
    return 'git';
  return (await kindOf(join(path, 'db', 'fs-type'))) === 'file' ? 'svn' : undefined;
}

async function resolveVersion(copy: WorkingCopy, source: string, wanted: string): Promise<string | undefined> {
  if (wanted === '') return undefined;
  if (await copy.knows(wanted)) return wanted;
  const range = parseConstraints(wanted);
  if (range === undefined) throw new CommandError(constraintProblem(wanted));
  const versions = (await copy.tags())
    .map((tag) => parseVersion(tag))
    .filter((version) => version !== undefined)
    .sort((a, b) => compareVersions(b, a));
  const newest = versions.find((version) => satisfies(version, range));
  if (newest !== undefined) return newest.original;
  throw new CommandError(`requested version ${quote(wanted)} does not exist for plugin ${quote(source)}`);
}
