/** Reads Chart.lock (requirements.lock of a v1 chart): the versions that the ranges of a chart's dependencies stand for. */
import { goText } from '../go/format.ts';
import { asStruct } from '../go/struct-members.ts';
import { type GoMap, type GoValue, isMap, sliceItems } from '../go/value.ts';
import { mismatchText, parseTime } from '../time/parse-time.ts';
import { UTC } from '../time/zone.ts';
import { readYaml, YamlError } from '../yaml/read.ts';
import { ChartError } from './chart.ts';
import { lockMembers, lockTypeProblem } from './metadata-types.ts';

export interface LockedDependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
}

export interface LockFile {
  /** RFC 3339. */
  readonly generated: string;
  /** `sha256:…`. */
  readonly digest: string;
  readonly dependencies: readonly LockedDependency[];
  /** Ours, on request: what each archive must be, and what is inside. Helm passes over it. */
  readonly archives?: readonly LockedArchive[];
}

export interface LockedArchive {
  /** In `charts/`. */
  readonly file: string;
  /** Of the archive, `sha256:…`. */
  readonly digest: string;
  /** All charts inside, as `name/inner 1.2.3`. */
  readonly charts: readonly string[];
}

/** Throws ChartError. */
export function readLock(text: string, file: string): LockFile {
  let root: GoValue;
  try {
    root = asStruct(readYaml(text), lockMembers);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new ChartError(`cannot load ${file}: error converting YAML to JSON: ${error.message}`, { cause: error });
  }
  const problem = lockTypeProblem(root) ?? timeProblem(isMap(root) ? root.get('generated') : undefined);
  if (problem !== undefined) throw new ChartError(`cannot load ${file}: ${problem}`);
  const member = (name: string): GoValue => (isMap(root) ? root.get(name) : undefined);
  const archives = sliceItems(member('archives'));
  return {
    ...(archives === undefined ? {} : { archives: archives.filter(isMap).map(readArchive) }),
    generated: textOf(member('generated')),
    digest: textOf(member('digest')),
    dependencies: (sliceItems(member('dependencies')) ?? []).filter(isMap).map((item) => ({
      name: textOf(item.get('name')),
      version: textOf(item.get('version')),
      repository: textOf(item.get('repository')),
    })),
  };
}

const RFC3339 = '2006-01-02T15:04:05Z07:00';

function timeProblem(value: GoValue): string | undefined {
  if (value === undefined || value === null) return undefined;
  const where = 'error unmarshaling JSON: while decoding JSON: ';
  if (typeof value !== 'string') return `${where}Time.UnmarshalJSON: input is not a JSON string`;
  const parsed = parseTime(RFC3339, value, UTC);
  return 'zone' in parsed ? undefined : `${where}${mismatchText(RFC3339, value, parsed)}`;
}

function readArchive(item: GoMap): LockedArchive {
  return {
    file: textOf(item.get('file')),
    digest: textOf(item.get('digest')),
    charts: (sliceItems(item.get('charts')) ?? []).map(textOf),
  };
}

function textOf(value: GoValue): string {
  return value === undefined || value === null ? '' : goText(value);
}
