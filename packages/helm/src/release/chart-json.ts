/** The chart as the record has it: metadata in the order of Go's struct, files as base64. */
import type { ChartMetadata, Dependency, ImportValue, Maintainer } from '../chart/chart.ts';
import { compareText } from '../go/compare-text.ts';
import { encodeGoJson } from '../go/json.ts';
import { GoMap } from '../go/value.ts';
import {
  arrayText,
  type JsonMember,
  listMember,
  objectText,
  stringsMember,
  textMember,
  valueText,
} from './json-text.ts';
import { jsonToGo } from './json-values.ts';
import type { StoredChart, StoredFile } from './release.ts';

/** Go's zero time, which `schemamodtime` shows where others are left out. */
const ZERO_TIME = '0001-01-01T00:00:00Z';

export function chartText(chart: StoredChart): string {
  return objectText([
    ['metadata', metadataText(chart.metadata)],
    ['lock', chart.lock === undefined ? 'null' : lockText(chart.lock)],
    ['templates', filesText(chart.templates)],
    ['values', valueText(chart.values)],
    ['schema', chart.schema === undefined ? 'null' : bytesText(chart.schema)],
    ['schemamodtime', encodeGoJson(chart.schemaModified ?? ZERO_TIME)],
    ['files', filesText(chart.files)],
    textMember('modtime', chart.modified ?? ''),
  ]);
}

function filesText(files: readonly StoredFile[]): string {
  if (files.length === 0) return 'null';
  return arrayText(
    files.map(({ name, data, modified }) =>
      objectText([['name', encodeGoJson(name)], ['data', bytesText(data)], textMember('modtime', modified ?? '')]),
    ),
  );
}

function bytesText(data: Uint8Array): string {
  return `"${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}"`;
}

function metadataText(metadata: ChartMetadata): string {
  const flag: JsonMember = ['deprecated', metadata.deprecated ? 'true' : undefined];
  return objectText([
    textMember('name', metadata.name),
    textMember('home', metadata.home),
    stringsMember('sources', metadata.sources),
    textMember('version', metadata.version),
    textMember('description', metadata.description),
    stringsMember('keywords', metadata.keywords),
    listMember('maintainers', metadata.maintainers.map(maintainerText)),
    textMember('icon', metadata.icon),
    textMember('apiVersion', metadata.apiVersion),
    textMember('condition', metadata.condition),
    textMember('tags', metadata.tags),
    textMember('appVersion', metadata.appVersion),
    flag,
    ['annotations', annotationsText(metadata.annotations)],
    textMember('kubeVersion', metadata.kubeVersion),
    listMember('dependencies', metadata.dependencies.map(dependencyText)),
    textMember('type', metadata.type),
  ]);
}

function annotationsText(annotations: ReadonlyMap<string, string> | undefined): string | undefined {
  return annotations === undefined || annotations.size === 0 ? undefined : valueText(new GoMap(annotations));
}

function maintainerText({ name, email, url }: Maintainer): string {
  return objectText([textMember('name', name), textMember('email', email), textMember('url', url)]);
}

function dependencyText(dependency: Dependency): string {
  return objectText([
    ['name', encodeGoJson(dependency.name)],
    textMember('version', dependency.version),
    ['repository', encodeGoJson(dependency.repository)],
    textMember('condition', dependency.condition),
    stringsMember('tags', dependency.tags),
    // Those that are not enabled are not among them any more.
    ['enabled', 'true'],
    listMember('import-values', dependency.importValues.map(importText)),
    textMember('alias', dependency.alias),
  ]);
}

/** Helm writes the name of an export as the paths that it stands for. */
function importText(value: ImportValue): string {
  const { child, parent } = typeof value === 'string' ? { child: `exports.${value}`, parent: '.' } : value;
  return valueText(
    new GoMap([
      ['child', child],
      ['parent', parent],
    ]),
  );
}

const LOCK_ORDER = ['generated', 'digest', 'dependencies', 'name', 'version', 'repository'];

/** A lock keeps what it has, in the order of Go's structs. */
function lockText(lock: unknown): string {
  if (Array.isArray(lock)) return arrayText(lock.map(lockText));
  if (typeof lock !== 'object' || lock === null) return valueText(jsonToGo(lock));
  const rank = (name: string): number => (LOCK_ORDER.includes(name) ? LOCK_ORDER.indexOf(name) : LOCK_ORDER.length);
  const members = Object.entries(lock).toSorted(([a], [b]) => rank(a) - rank(b) || compareText(a, b));
  return objectText(members.map(([name, value]) => [name, lockText(value)]));
}
