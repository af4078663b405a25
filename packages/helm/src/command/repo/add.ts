/** `helm repo add`: a repository under a name, after its index was seen. */
import { errorText } from '@kindred/machinery';
import { ChartError } from '../../chart/chart.ts';
import { quote } from '../../go/quote.ts';
import { parseUrl } from '../../http/url.ts';
import {
  type RepositoriesFile,
  type RepositoryEntry,
  repositoryEntry,
  updateRepositories,
} from '../../repositories/repositories-file.ts';
import { accessOf } from '../../repositories/repository-access.ts';
import { updateIndex } from '../../repositories/repository-cache.ts';
import { exactArguments } from '../arguments.ts';
import { transport } from '../chart/transport.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { completeNothing } from '../completion/arguments.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { readPassword } from './password.ts';
import { insecureFlag, tlsFileFlags, tlsFiles } from './tls-flags.ts';

/** Repositories that are gone for good, and where their charts went. */
const GONE: readonly (readonly [string, string])[] = [
  ['//kubernetes-charts.storage.googleapis.com', 'https://charts.helm.sh/stable'],
  ['//kubernetes-charts-incubator.storage.googleapis.com', 'https://charts.helm.sh/incubator'],
];

export const repoAddCommand: Command = {
  usage: '[NAME] [URL]',
  long: 'Adds a chart repository under a name, and gets its index.',
  arguments: exactArguments(2),
  complete: completeNothing,
  flags: () => [
    ...tlsFileFlags,
    insecureFlag,
    { kind: 'bool', name: 'allow-deprecated-repos', usage: 'also add repositories that are known to be gone' },
    { kind: 'bool', name: 'force-update', usage: 'replace the repository when there is one of that name' },
    { kind: 'bool', name: 'pass-credentials', usage: 'send user and password to every host that the index names' },
    { kind: 'string', name: 'password', usage: 'password for the repository' },
    { kind: 'bool', name: 'password-stdin', usage: 'read the password from standard input' },
    { kind: 'duration', name: 'timeout', usage: 'how long the index may take to arrive', default: 120_000 },
    { kind: 'string', name: 'username', usage: 'user name for the repository' },
  ],
  run: async (context, args, flags) => {
    const [name = '', url = ''] = args;
    refuseGone(url, flags);
    await updateRepositories(context.settings.repositoryConfig, (file) => add(context, file, name, url, flags));
    return 0;
  },
};

function refuseGone(url: string, flags: FlagValues): void {
  if (flags.bool('allow-deprecated-repos')) return;
  const gone = GONE.find(([part]) => url.includes(part));
  if (gone === undefined) return;
  throw new CommandError(`repo ${quote(url)} is no longer available; try ${quote(gone[1])} instead`);
}

async function add(
  context: CommandContext,
  file: RepositoriesFile,
  name: string,
  url: string,
  flags: FlagValues,
): Promise<RepositoriesFile> {
  const entry = repositoryEntry({
    name,
    url,
    username: flags.text('username'),
    password: await readPassword(context, flags),
    ...tlsFiles(flags),
    insecureSkipTlsVerify: flags.bool('insecure-skip-tls-verify'),
    passCredentialsAll: flags.bool('pass-credentials'),
  });
  if (name.includes('/')) {
    throw new CommandError(`repository name (${name}) contains '/', please specify a different name without '/'`);
  }
  const { output } = context.streams;
  const known = file.repositories.find((each) => each.name === name);
  if (known !== undefined && !flags.bool('force-update')) {
    if (!isSame(known, entry)) {
      throw new CommandError(`repository name (${name}) already exists, please specify a different name`);
    }
    output.write(`${quote(name)} already exists with the same configuration, skipping\n`);
    return file;
  }
  await getIndex(context, entry, flags.duration('timeout'));
  output.write(`${quote(name)} has been added to your repositories\n`);
  const repositories =
    known === undefined
      ? [...file.repositories, entry]
      : file.repositories.map((each) => (each === known ? entry : each));
  return { ...file, repositories };
}

function isSame(a: RepositoryEntry, b: RepositoryEntry): boolean {
  return Object.entries(a).every(([name, value]) => Object.entries(b).some(([n, v]) => n === name && v === value));
}

async function getIndex(context: CommandContext, entry: RepositoryEntry, timeoutMs: number): Promise<void> {
  const { protocol } = parseUrl(entry.url);
  if (protocol === 'oci:') {
    throw new CommandError(
      `looks like ${quote(entry.url)} is not a valid chart repository or cannot be reached: registries need not be added, ` +
        'charts in them are named by their whole address (oci://…)',
    );
  }
  const means = transport(context);
  const scheme = protocol.replace(/:$/, '');
  if (scheme !== 'http' && scheme !== 'https' && (await means.getter(scheme)) === undefined) {
    throw new CommandError(`could not find protocol handler for: ${scheme}`);
  }
  try {
    await updateIndex(context.settings.repositoryCache, entry.name, accessOf(entry, timeoutMs), {
      warn: (message, fields) => context.log.warn(message, fields),
      ...means,
    });
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    const problem = `looks like ${quote(entry.url)} is not a valid chart repository or cannot be reached`;
    throw new CommandError(`${problem}: ${errorText(error)}`, { cause: error });
  }
}
