/** The chart of a record, from JSON. Other programs write records too: what is missing is empty. */
import type { ChartMetadata, Dependency, ImportValue, Maintainer } from '../chart/chart.ts';
import { GoMap } from '../go/value.ts';
import { jsonToMap } from './json-values.ts';
import {
  booleanOf,
  bytesOf,
  type JsonMembers,
  listOf,
  memberOf,
  objectOf,
  stringOf,
  stringsOf,
} from './read-members.ts';
import type { StoredChart, StoredFile } from './release.ts';

/** Throws MemberError. */
export function readChart(value: unknown, path: string): StoredChart {
  const chart = objectOf(value, path);
  const lock = memberOf(chart, 'lock') ?? undefined;
  const modified = stringOf(chart, 'modtime', path);
  const schemaModified = stringOf(chart, 'schemamodtime', path);
  return {
    metadata: readMetadata(memberOf(chart, 'metadata'), `${path}.metadata`),
    values: mapOf(chart, 'values', path),
    schema: bytesOf(chart, 'schema', path),
    templates: listOf(chart, 'templates', path, readFile),
    files: listOf(chart, 'files', path, readFile),
    dependencies: [],
    ...(lock === undefined ? {} : { lock }),
    ...(modified === '' ? {} : { modified }),
    ...(schemaModified === '' ? {} : { schemaModified }),
  };
}

export function mapOf(object: JsonMembers, name: string, path: string): GoMap {
  const value = memberOf(object, name);
  return value === undefined || value === null ? new GoMap() : jsonToMap(objectOf(value, `${path}.${name}`));
}

function readFile(value: unknown, path: string): StoredFile {
  const file = objectOf(value, path);
  const modified = stringOf(file, 'modtime', path);
  return {
    name: stringOf(file, 'name', path),
    data: bytesOf(file, 'data', path) ?? new Uint8Array(),
    ...(modified === '' ? {} : { modified }),
  };
}

function readMetadata(value: unknown, path: string): ChartMetadata {
  const metadata = objectOf(value, path);
  const string = (name: string): string => stringOf(metadata, name, path);
  const annotations = objectOf(memberOf(metadata, 'annotations'), `${path}.annotations`);
  const names = Object.keys(annotations);
  return {
    apiVersion: string('apiVersion'),
    name: string('name'),
    version: string('version'),
    appVersion: string('appVersion'),
    description: string('description'),
    type: string('type'),
    kubeVersion: string('kubeVersion'),
    home: string('home'),
    icon: string('icon'),
    condition: string('condition'),
    tags: string('tags'),
    deprecated: booleanOf(metadata, 'deprecated', path),
    keywords: stringsOf(metadata, 'keywords', path),
    sources: stringsOf(metadata, 'sources', path),
    maintainers: listOf(metadata, 'maintainers', path, readMaintainer),
    annotations:
      names.length === 0
        ? undefined
        : new Map(names.map((name) => [name, stringOf(annotations, name, `${path}.annotations`)])),
    dependencies: listOf(metadata, 'dependencies', path, readDependency),
  };
}

function readMaintainer(value: unknown, path: string): Maintainer {
  const maintainer = objectOf(value, path);
  return {
    name: stringOf(maintainer, 'name', path),
    email: stringOf(maintainer, 'email', path),
    url: stringOf(maintainer, 'url', path),
  };
}

function readDependency(value: unknown, path: string): Dependency {
  const dependency = objectOf(value, path);
  return {
    name: stringOf(dependency, 'name', path),
    version: stringOf(dependency, 'version', path),
    repository: stringOf(dependency, 'repository', path),
    condition: stringOf(dependency, 'condition', path),
    tags: stringsOf(dependency, 'tags', path),
    importValues: listOf(dependency, 'import-values', path, readImport),
    alias: stringOf(dependency, 'alias', path),
  };
}

function readImport(value: unknown, path: string): ImportValue {
  if (typeof value === 'string') return value;
  const both = objectOf(value, path);
  return { child: stringOf(both, 'child', path), parent: stringOf(both, 'parent', path) };
}
