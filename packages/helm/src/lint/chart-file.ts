/** Lints Chart.yaml. */
import type { ChartMetadata } from '../chart/chart.ts';
import { metadataOf } from '../chart/metadata.ts';
import { metadataMembers, metadataTypeProblem, unknownMember } from '../chart/metadata-types.ts';
import { quote } from '../go/quote.ts';
import { asStruct } from '../go/struct-members.ts';
import { type GoValue, isMap, typeName } from '../go/value.ts';
import { parseConstraints, satisfies } from '../semver/constraint.ts';
import { parseVersion } from '../semver/version.ts';
import { duplicateKeys } from '../yaml/duplicate-keys.ts';
import { readYaml, YamlError } from '../yaml/read.ts';
import { isEmail, isRequestUrl, isUrl } from './addresses.ts';
import type { LintSource } from './lint-source.ts';
import type { LintReport } from './message.ts';

const FILE = 'Chart.yaml';

export function lintChartFile(report: LintReport, { path, kindOf, text }: LintSource): void {
  const isDirectory = kindOf(FILE) === 'directory';
  report.check('error', FILE, isDirectory ? 'should be a file, not a directory' : undefined);
  const read = isDirectory ? { problem: `read ${path}/${FILE}: is a directory` } : readChartFile(text(FILE) ?? '');
  if ('problem' in read) {
    report.check('error', FILE, `unable to parse YAML\n\t${read.problem}`);
    return;
  }
  const { root, metadata } = read;
  report.check('warning', FILE, strictProblem(text(FILE) ?? '', root));
  const error = (problem: string | undefined): boolean => report.check('error', FILE, problem);
  error(nameProblem(metadata.name));
  error(apiVersionProblem(metadata.apiVersion));
  error(typeProblem(root, 'version'));
  error(versionProblem(metadata.version));
  error(typeProblem(root, 'appVersion'));
  error(maintainerProblem(metadata));
  error(sourceProblem(metadata.sources));
  report.check('info', FILE, metadata.icon === '' ? 'icon is recommended' : undefined);
  error(metadata.icon !== '' && !isRequestUrl(metadata.icon) ? `invalid icon URL '${metadata.icon}'` : undefined);
  error(chartTypeProblem(metadata));
  error(dependenciesProblem(metadata));
  const isStrict = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:[-+].*)?$/.test(metadata.version);
  report.check('warning', FILE, isStrict ? undefined : `version '${metadata.version}' is not a valid SemVerV2`);
}

/** Keys that stand twice, and if there are none, members that nobody knows. */
function strictProblem(text: string, root: GoValue): string | undefined {
  const what = 'failed to strictly parse chart metadata file\n\terror';
  const twice = duplicateKeys(text).map(({ key, line }) => `  line ${line}: key ${quote(key)} already set in map`);
  if (twice.length > 0) return `${what} converting YAML to JSON: yaml: unmarshal errors:\n${twice.join('\n')}`;
  const unknown = unknownMember(asStruct(root, metadataMembers));
  if (unknown === undefined) return undefined;
  return `${what} unmarshaling JSON: while decoding JSON: json: unknown field ${quote(unknown)}`;
}

function readChartFile(text: string): { problem: string } | { root: GoValue; metadata: ChartMetadata } {
  try {
    const root = readYaml(text);
    const struct = asStruct(root, metadataMembers);
    const problem = metadataTypeProblem(struct);
    if (problem !== undefined) return { problem };
    const metadata = metadataOf(struct);
    const given = isMap(struct) ? struct.get('apiVersion') : undefined;
    // What is missing is v1 for everybody but lint.
    return { root, metadata: given === undefined || given === null ? { ...metadata, apiVersion: '' } : metadata };
  } catch (error) {
    if (error instanceof YamlError) return { problem: `error converting YAML to JSON: ${error.message}` };
    if (error instanceof Error && error.name === 'ChartError') return { problem: error.message };
    throw error;
  }
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'name is required';
  const base = name.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return base === name ? undefined : `chart name ${quote(name)} is invalid`;
}

const VERSIONS = 'The value must be either "v1" or "v2"';

function apiVersionProblem(version: string): string | undefined {
  if (version === '') return `apiVersion is required. ${VERSIONS}`;
  return version === 'v1' || version === 'v2' ? undefined : `apiVersion '${version}' is not valid. ${VERSIONS}`;
}

function typeProblem(root: GoValue, member: string): string | undefined {
  if (!isMap(root) || !root.has(member)) return undefined;
  const type = typeName(root.get(member));
  return type === 'string' ? undefined : `${member} should be of type string but it's of type ${type}`;
}

function versionProblem(version: string): string | undefined {
  if (version === '') return 'version is required';
  const parsed = parseVersion(version);
  if (parsed === undefined) return `version '${version}' is not a valid SemVer`;
  const positive = parseConstraints('>0.0.0-0');
  if (positive === undefined || satisfies(parsed, positive)) return undefined;
  return `version ${version} is less than or equal to 0.0.0-0`;
}

function maintainerProblem({ maintainers }: ChartMetadata): string | undefined {
  for (const { name, email, url } of maintainers) {
    if (name === '') return 'each maintainer requires a name';
    if (email !== '' && !isEmail(email)) return `invalid email '${email}' for maintainer '${name}'`;
    if (url !== '' && !isUrl(url)) return `invalid url '${url}' for maintainer '${name}'`;
  }
  return undefined;
}

function sourceProblem(sources: readonly string[]): string | undefined {
  const wrong = sources.find((source) => !isRequestUrl(source));
  return wrong === undefined ? undefined : `invalid source URL '${wrong}'`;
}

function chartTypeProblem({ type, apiVersion }: ChartMetadata): string | undefined {
  if (type === '' || apiVersion === 'v2') return undefined;
  return `chart type is not valid in apiVersion '${apiVersion}'. It is valid in apiVersion 'v2'`;
}

function dependenciesProblem({ dependencies, apiVersion }: ChartMetadata): string | undefined {
  if (dependencies.length === 0 || apiVersion === 'v2') return undefined;
  return `dependencies are not valid in the Chart file with apiVersion '${apiVersion}'. They are valid in apiVersion 'v2'`;
}
