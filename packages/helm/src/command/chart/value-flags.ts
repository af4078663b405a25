/** `-f` and the flags of the `--set` family: declared for each command that renders, read into the sources of values. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ChartError } from '../../chart/chart.ts';
import { fromBytes } from '../../go/bytes.ts';
import { GoMap } from '../../go/value.ts';
import { fileProblem } from '../../node/file-problem.ts';
import { setFiles } from '../../values/set-values.ts';
import { applySource, orderedSources, type ValueSource } from '../../values/sources.ts';
import type { CommandContext } from '../command.ts';
import type { Flag } from '../flags/flag.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { secretKeyFlag } from './secret-key-flag.ts';
import { strictDependenciesFlag } from './strict-dependencies.ts';
import { strictValuesFlag } from './strict-values.ts';

export const valueFlags: readonly Flag[] = [
  {
    kind: 'strings',
    name: 'values',
    short: 'f',
    usage: 'values from a YAML file, a URL, or - for what comes in (several are merged, the last one wins)',
  },
  { kind: 'stringArray', name: 'set', usage: 'a value: key1=val1,key2=val2 (can be given several times)' },
  {
    kind: 'stringArray',
    name: 'set-file',
    usage: 'a value out of a file: key1=path1,key2=path2 (can be given several times)',
  },
  {
    kind: 'stringArray',
    name: 'set-json',
    usage: 'a value in JSON: key1=json1,key2=json2, or a whole object {"key1": json1} (can be given several times)',
  },
  { kind: 'stringArray', name: 'set-literal', usage: 'one value, taken as text letter by letter' },
  {
    kind: 'stringArray',
    name: 'set-string',
    usage: 'a value that stays text: key1=val1,key2=val2 (can be given several times)',
  },
  strictDependenciesFlag,
  {
    kind: 'stringArray',
    name: 'secret-values',
    usage: 'values from a file of helm secret values encrypt, over those of -f (can be given several times)',
  },
  secretKeyFlag,
  strictValuesFlag,
  {
    kind: 'bool',
    name: 'strict-numbers',
    usage: 'keep integers of values.yaml and -f as integers, so that 1000000 is not printed as 1e+06',
  },
];

/** Reads the files that the flags name. Throws ChartError and what reading throws. */
export async function readValueSources(context: CommandContext, flags: FlagValues): Promise<ValueSource[]> {
  const sources: ValueSource[] = [];
  for (const name of flags.list('values')) {
    const text = fromBytes(await readPlace(context, name));
    sources.push({ kind: 'file', name, text, integers: flags.bool('strict-numbers') });
  }
  for (const name of flags.list('secret-values')) sources.push(await secretSource(context, name, flags));
  for (const kind of ['set-json', 'set', 'set-string', 'set-literal'] as const) {
    for (const text of flags.list(kind)) sources.push({ kind, text });
  }
  for (const text of flags.list('set-file')) sources.push(await fileSource(context, text));
  return sources;
}

/** What is encrypted is only decrypted in memory. Lines stay where they are in the file. */
async function secretSource(context: CommandContext, name: string, flags: FlagValues): Promise<ValueSource> {
  const { decryptSecretValues } = await import('../secret/secret-file.ts');
  const text = await decryptSecretValues(context, { name, text: fromBytes(await readPlace(context, name)) }, flags);
  return { kind: 'file', name, text, secret: true };
}

/** All sources merged, with helm's words for those that can't be read. Throws ChartError. */
export function mergeValues(sources: readonly ValueSource[]): GoMap {
  let values = new GoMap();
  for (const source of orderedSources(sources)) {
    try {
      values = applySource(values, source);
    } catch (error) {
      if (!(error instanceof ChartError) || source.kind === 'file' || source.kind === 'given') throw error;
      throw new ChartError(`failed parsing --${source.kind} data${problemOf(source, error)}`, { cause: error });
    }
  }
  return values;
}

function problemOf({ kind, text }: { readonly kind: string; readonly text: string }, error: ChartError): string {
  if (kind !== 'set-json') return `: ${error.message}`;
  return text.trimStart().startsWith('{') ? ` JSON: ${text}` : ` ${text}`;
}

/** What a URL names is fetched first: values are merged without waiting. */
async function fileSource(context: CommandContext, text: string): Promise<ValueSource> {
  const fetched = new Map<string, string>();
  for (const name of namedFiles(text)) {
    if (await isRemote(context, name)) fetched.set(name, fromBytes(await fetchValue(context, name)));
  }
  const readLocal = (name: string): string => {
    try {
      return fromBytes(readFileSync(resolve(context.directory, name)));
    } catch (error) {
      throw new ChartError(fileProblem('open', name, error), { cause: error });
    }
  };
  return { kind: 'set-file', text, readFile: (name) => fetched.get(name) ?? readLocal(name) };
}

async function fetchValue(context: CommandContext, name: string): Promise<Uint8Array> {
  try {
    return await readPlace(context, name);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError(`failed parsing --set-file data: ${error.message}`, { cause: error });
  }
}

function namedFiles(text: string): string[] {
  const names: string[] = [];
  try {
    setFiles(new GoMap(), text, (name) => {
      names.push(name);
      return '';
    });
  } catch (error) {
    // The text is wrong: the merge will say so.
    if (!(error instanceof ChartError)) throw error;
  }
  return names;
}

/** A file, `-`, or a URL. */
async function readPlace(context: CommandContext, place: string): Promise<Uint8Array> {
  if (place.trim() === '-') return context.streams.input.read();
  if (await isRemote(context, place)) {
    const { fetchUrl } = await import('./fetch-url.ts');
    return fetchUrl(context, place);
  }
  try {
    return await readFile(resolve(context.directory, place));
  } catch (error) {
    throw new ChartError(fileProblem('open', place, error), { cause: error });
  }
}

/** What nobody gets is a file with a strange name. */
async function isRemote(context: CommandContext, place: string): Promise<boolean> {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(place)?.[1]?.toLowerCase();
  if (scheme === undefined) return false;
  if (scheme === 'http' || scheme === 'https' || scheme === 'oci') return true;
  const { transport } = await import('./transport.ts');
  return (await transport(context).getter(scheme)) !== undefined;
}
