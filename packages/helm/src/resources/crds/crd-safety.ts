/**
 * Whether a custom resource definition can be changed without harm to objects that are there: versions that are served or
 * stored stay, names and scope stay, and schemas don't refuse what they took as long as there are objects.
 */
import { getList, getPath, getString, isJsonObject, type JsonObject, type Unstructured } from '@kindred/machinery';
import { schemaTightenings } from './schema-tightening.ts';

export interface CrdProblem {
  /** Where in the definition, or which field of which version: `spec.versions[v1].schema.spec.size`. */
  readonly path: string;
  readonly detail: string;
  /** True when it only matters while there are objects of the kind. */
  readonly onlyWithObjects: boolean;
}

/** What speaks against replacing `live` by `wanted`; nothing for a change that only adds. */
export function crdProblems(live: Unstructured, wanted: Unstructured): CrdProblem[] {
  return [...identityProblems(live, wanted), ...versionProblems(live, wanted), ...schemaProblems(live, wanted)];
}

function identityProblems(live: Unstructured, wanted: Unstructured): CrdProblem[] {
  return ['spec.group', 'spec.scope', 'spec.names.kind', 'spec.names.plural'].flatMap((path) => {
    const [old, value] = [getString(live, path) ?? '', getString(wanted, path) ?? ''];
    if (old === value) return [];
    return [{ path, detail: `changes from ${old} to ${value}`, onlyWithObjects: false }];
  });
}

function versionProblems(live: Unstructured, wanted: Unstructured): CrdProblem[] {
  const stored = getList(live, 'status.storedVersions');
  const versions = versionsOf(wanted);
  const problems: CrdProblem[] = [];
  for (const [name, old] of versionsOf(live)) {
    const version = versions.get(name);
    const path = `spec.versions[${name}]`;
    if (version === undefined && stored.includes(name)) {
      problems.push({ path, detail: 'is removed, and objects are stored in it', onlyWithObjects: false });
    } else if (version === undefined && old['served'] === true) {
      problems.push({ path, detail: 'is removed, and clients may use it', onlyWithObjects: false });
    } else if (version !== undefined && old['served'] === true && version['served'] !== true) {
      problems.push({ path, detail: 'is no longer served, and clients may use it', onlyWithObjects: false });
    }
  }
  return problems;
}

function schemaProblems(live: Unstructured, wanted: Unstructured): CrdProblem[] {
  const versions = versionsOf(wanted);
  return [...versionsOf(live)].flatMap(([name, old]) => {
    const [before, after] = [schemaOf(old), schemaOf(versions.get(name))];
    if (before === undefined || after === undefined) return [];
    return schemaTightenings(before, after).map(({ path, detail }) => ({
      path: `spec.versions[${name}].schema${path === '' ? '' : `.${path}`}`,
      detail,
      onlyWithObjects: true,
    }));
  });
}

function versionsOf(definition: Unstructured): Map<string, JsonObject> {
  const versions = getList(definition, 'spec.versions').filter(isJsonObject);
  return new Map(versions.map((version) => [getString(version, 'name') ?? '', version]));
}

function schemaOf(version: JsonObject | undefined): JsonObject | undefined {
  const schema = getPath(version, 'schema.openAPIV3Schema');
  return isJsonObject(schema) ? schema : undefined;
}
