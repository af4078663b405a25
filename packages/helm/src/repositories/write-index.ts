/** Writes an index as helm does: YAML with sorted keys, or JSON in the order of helm's structs. */
import { goJsonText, metadataRecord } from '../chart/metadata-json.ts';
import { decodeGoJson } from '../go/json-reader.ts';
import { writeYaml } from '../yaml/write.ts';
import type { ChartVersion, IndexFile } from './index-file.ts';

export function indexYaml(index: IndexFile): string {
  return writeYaml(decodeGoJson(goJsonText(indexRecord(index))));
}

/** Indented by two blanks, without a newline at the end. */
export function indexJson(index: IndexFile): string {
  return JSON.stringify(indexRecord(index), undefined, 2).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function indexRecord(index: IndexFile): Parameters<typeof goJsonText>[0] {
  const entries = [...index.entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const annotations = [...index.annotations].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    apiVersion: index.apiVersion,
    generated: index.generated,
    entries: Object.fromEntries(entries.map(([name, versions]) => [name, versions.map(versionRecord)])),
    ...(index.publicKeys.length === 0 ? {} : { publicKeys: index.publicKeys }),
    ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
  };
}

function versionRecord(version: ChartVersion): Parameters<typeof goJsonText>[0] {
  return {
    ...metadataRecord(version.metadata),
    urls: version.urls,
    created: version.created,
    ...(version.removed ? { removed: true } : {}),
    ...(version.digest === '' ? {} : { digest: version.digest }),
  };
}
