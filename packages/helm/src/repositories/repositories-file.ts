/** repositories.yaml: the repositories that a user has added, in helm's own format, for both programs to use. */
import { readFile } from 'node:fs/promises';
import { hasErrorCode } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';
import { goText } from '../go/format.ts';
import { GoMap, type GoValue, isMap, sliceItems } from '../go/value.ts';
import { withFileLock } from '../node/file-lock.ts';
import { writeFileAtomically } from '../node/write-file.ts';
import { readYaml, YamlError } from '../yaml/read.ts';
import { writeYaml } from '../yaml/write.ts';
import { ZERO_TIME } from './index-file.ts';

/** A repository, and how to reach it. Texts are empty when they aren't set. */
export interface RepositoryEntry {
  readonly name: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly insecureSkipTlsVerify: boolean;
  /** Credentials go to other hosts too, when the index names them. */
  readonly passCredentialsAll: boolean;
}

export interface RepositoriesFile {
  readonly apiVersion: string;
  readonly generated: string;
  readonly repositories: readonly RepositoryEntry[];
}

const NONE: RepositoriesFile = { apiVersion: '', generated: ZERO_TIME, repositories: [] };

/** An entry with nothing but name, address and what else is given. */
export function repositoryEntry(
  entry: Pick<RepositoryEntry, 'name' | 'url'> & Partial<RepositoryEntry>,
): RepositoryEntry {
  return {
    username: '',
    password: '',
    certFile: '',
    keyFile: '',
    caFile: '',
    insecureSkipTlsVerify: false,
    passCredentialsAll: false,
    ...entry,
  };
}

/** No repositories when there is no file. Throws ChartError when it can't be understood. */
export async function readRepositories(path: string): Promise<RepositoriesFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return NONE;
    throw new ChartError(`couldn't load repositories file (${path})`, { cause: error });
  }
  try {
    return fileOf(readYaml(text));
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new ChartError(`error converting YAML to JSON: ${error.message}`, { cause: error });
  }
}

/** Reads, changes and writes the file, without losing what another program writes at the same time. */
export async function updateRepositories(
  path: string,
  change: (file: RepositoriesFile) => Promise<RepositoriesFile> | RepositoriesFile,
): Promise<void> {
  await withFileLock(path, async () => {
    const before = await readRepositories(path);
    const after = await change(before);
    if (after !== before) await writeFileAtomically(path, repositoriesText(after), 0o600);
  });
}

/** The text of the file. */
function repositoriesText(file: RepositoriesFile): string {
  const repositories = file.repositories.map((entry) => new GoMap(MEMBERS.map(([name, wire]) => [wire, entry[name]])));
  return writeYaml(
    new GoMap([
      ['apiVersion', file.apiVersion],
      ['generated', file.generated],
      ['repositories', repositories],
    ]),
  );
}

const MEMBERS = [
  ['name', 'name'],
  ['url', 'url'],
  ['username', 'username'],
  ['password', 'password'],
  ['certFile', 'certFile'],
  ['keyFile', 'keyFile'],
  ['caFile', 'caFile'],
  ['insecureSkipTlsVerify', 'insecure_skip_tls_verify'],
  ['passCredentialsAll', 'pass_credentials_all'],
] as const;

function fileOf(root: GoValue): RepositoriesFile {
  if (!isMap(root)) return NONE;
  const items = sliceItems(root.get('repositories')) ?? [];
  return {
    apiVersion: textOf(root.get('apiVersion')),
    generated: textOf(root.get('generated')) || ZERO_TIME,
    repositories: items.filter(isMap).map(entryOf),
  };
}

function entryOf(item: GoMap): RepositoryEntry {
  const text = (name: string): string => textOf(item.get(name));
  return {
    name: text('name'),
    url: text('url'),
    username: text('username'),
    password: text('password'),
    certFile: text('certFile'),
    keyFile: text('keyFile'),
    caFile: text('caFile'),
    insecureSkipTlsVerify: item.get('insecure_skip_tls_verify') === true,
    passCredentialsAll: item.get('pass_credentials_all') === true,
  };
}

function textOf(value: GoValue): string {
  return value === undefined || value === null ? '' : goText(value);
}
