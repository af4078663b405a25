/** Reads and checks `Chart.yaml`, with helm's messages. */

import { goText } from '../go/format.ts';
import { isPrintable } from '../go/quote.ts';
import { asStruct } from '../go/struct-members.ts';
import { type GoValue, isMap, sliceItems } from '../go/value.ts';
import { parseVersion } from '../semver/version.ts';
import { readYaml, YamlError } from '../yaml/read.ts';
import { ChartError, type ChartMetadata, type Dependency, type ImportValue, type Maintainer } from './chart.ts';
import { metadataMembers, metadataTypeProblem, requirementsMembers } from './metadata-types.ts';

/** The metadata in the text; unchecked. `requirements` is the text of a v1 chart's requirements.yaml. */
export function readMetadata(text: string, requirements?: string): ChartMetadata {
  const listed =
    requirements === undefined
      ? undefined
      : members(asStruct(parse(requirements, 'requirements.yaml'), requirementsMembers), 'dependencies');
  const root = asStruct(parse(text, 'Chart.yaml'), metadataMembers);
  const problem = metadataTypeProblem(root);
  if (problem !== undefined) throw new ChartError(`cannot load Chart.yaml: ${problem}`);
  return metadataOf(root, listed);
}

/** The metadata in a value that was read already, as a struct; unchecked. `listed` are dependencies of a requirements.yaml. */
export function metadataOf(root: GoValue, listed?: readonly GoValue[]): ChartMetadata {
  const own = members(root, 'dependencies');
  const string = (name: string): string => textOf(member(root, name));
  const annotations = member(root, 'annotations');
  return {
    apiVersion: string('apiVersion') === '' ? 'v1' : string('apiVersion'),
    name: line(string('name')),
    version: string('version'),
    appVersion: line(string('appVersion')),
    description: line(string('description')),
    type: string('type'),
    kubeVersion: line(string('kubeVersion')),
    home: line(string('home')),
    icon: line(string('icon')),
    condition: line(string('condition')),
    tags: line(string('tags')),
    deprecated: member(root, 'deprecated') === true,
    keywords: members(root, 'keywords').map(textOf).map(line),
    sources: members(root, 'sources').map(textOf).map(line),
    maintainers: members(root, 'maintainers').map(readMaintainer),
    annotations: isMap(annotations) ? new Map([...annotations].map(([key, value]) => [key, textOf(value)])) : undefined,
    dependencies: (own.length === 0 && listed !== undefined ? listed : own).map(readDependency),
  };
}

function parse(text: string, file: string): GoValue {
  try {
    return readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new ChartError(`cannot load ${file}: error converting YAML to JSON: ${error.message}`, { cause: error });
  }
}

function member(value: GoValue, name: string): GoValue {
  return isMap(value) ? value.get(name) : undefined;
}

function members(value: GoValue, name: string): GoValue[] {
  return sliceItems(member(value, name)) ?? [];
}

/** Numbers and booleans become text, as they do where a struct wants a string. */
function textOf(value: GoValue): string {
  if (value === undefined || value === null) return '';
  return goText(value);
}

/** In one line, without what can't be printed. */
function line(text: string): string {
  return text.replace(/\s/g, ' ').replace(/./gsu, (character) => (isPrintable(character) ? character : ''));
}

function readMaintainer(value: GoValue): Maintainer {
  if (!isMap(value)) throw new ChartError('validation: maintainers must not contain empty or null nodes');
  const string = (name: string): string => line(textOf(value.get(name)));
  return { name: string('name'), email: string('email'), url: string('url') };
}

function readDependency(value: GoValue): Dependency {
  if (!isMap(value)) throw new ChartError('validation: dependencies must not contain empty or null nodes');
  const string = (name: string): string => textOf(value.get(name));
  return {
    name: line(string('name')),
    version: line(string('version')),
    repository: line(string('repository')),
    condition: line(string('condition')),
    tags: members(value, 'tags').map(textOf).map(line),
    importValues: members(value, 'import-values').map(readImport),
    alias: string('alias'),
  };
}

function readImport(value: GoValue): ImportValue {
  if (!isMap(value)) return textOf(value);
  return { child: textOf(value.get('child')), parent: textOf(value.get('parent')) };
}

const ALIAS = /^[a-zA-Z0-9_-]+$/;

/** Throws ChartError for the first thing that is wrong. */
export function checkMetadata(metadata: ChartMetadata): void {
  if (metadata.apiVersion === '') throw new ChartError('validation: chart.metadata.apiVersion is required');
  const { name, version } = metadata;
  if (name === '') throw new ChartError('validation: chart.metadata.name is required');
  if (name === '.' || name === '..') {
    throw new ChartError(`validation: chart.metadata.name ${JSON.stringify(name)} is not allowed`);
  }
  if (name.includes('/')) {
    throw new ChartError(`validation: chart.metadata.name ${JSON.stringify(name)} is invalid`);
  }
  if (version === '') throw new ChartError('validation: chart.metadata.version is required');
  if (parseVersion(version) === undefined) {
    throw new ChartError(`validation: chart.metadata.version ${JSON.stringify(version)} is invalid`);
  }
  if (!['', 'application', 'library'].includes(metadata.type)) {
    throw new ChartError('validation: chart.metadata.type must be application or library');
  }
  checkDependencies(metadata.dependencies);
}

function checkDependencies(dependencies: readonly Dependency[]): void {
  const keys = new Set<string>();
  for (const { name, alias } of dependencies) {
    if (alias !== '' && !ALIAS.test(alias)) {
      throw new ChartError(`validation: dependency "${name}" has disallowed characters in the alias`);
    }
    const key = alias === '' ? name : alias;
    if (keys.has(key)) throw new ChartError(`validation: more than one dependency with name or alias "${key}"`);
    keys.add(key);
  }
}
