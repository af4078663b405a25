/**
 * Metadata and dependencies as the JSON that Go writes for helm's structs: members in their order, empty ones left out.
 * Configs of OCI artifacts and digests of lock files are made of these bytes.
 */
import type { ChartMetadata, Dependency, Maintainer } from './chart.ts';

type JsonMember = string | boolean | number | readonly JsonMember[] | JsonRecord;
interface JsonRecord {
  readonly [name: string]: JsonMember;
}

export function metadataRecord(metadata: ChartMetadata): JsonRecord {
  const { annotations, dependencies } = metadata;
  return compact({
    name: metadata.name,
    home: metadata.home,
    sources: metadata.sources,
    version: metadata.version,
    description: metadata.description,
    keywords: metadata.keywords,
    maintainers: metadata.maintainers.map(maintainerRecord),
    icon: metadata.icon,
    apiVersion: metadata.apiVersion,
    condition: metadata.condition,
    tags: metadata.tags,
    appVersion: metadata.appVersion,
    deprecated: metadata.deprecated,
    annotations: Object.fromEntries([...(annotations ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))),
    kubeVersion: metadata.kubeVersion,
    dependencies: dependencies.map(dependencyRecord),
    type: metadata.type,
  });
}

/** `repository` is always there. */
export function dependencyRecord(dependency: Dependency): JsonRecord {
  const { name, version, repository, condition, tags, importValues, alias } = dependency;
  return {
    name,
    ...compact({ version }),
    repository,
    ...compact({ condition, tags, 'import-values': importValues as readonly JsonMember[], alias }),
  };
}

function maintainerRecord({ name, email, url }: Maintainer): JsonRecord {
  return compact({ name, email, url });
}

/** JSON without blanks, with the escapes that Go makes for HTML. */
export function goJsonText(value: JsonMember): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function compact(record: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: JsonMember): boolean {
  if (value === '' || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
