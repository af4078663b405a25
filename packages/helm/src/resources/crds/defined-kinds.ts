/**
 * The kinds that definitions will bring, for who plans with them before they are there: objects of such kinds can be built,
 * and templates see them among the capabilities.
 */
import { formatGroupVersion, type GroupVersionKind, getList, getString, type KindRef } from '@kindred/machinery';
import { type KindMapper, kindKey } from '../kind-mapper.ts';
import { manifestDocuments, readObjects } from '../manifest-objects.ts';
import type { CrdFile } from './apply-crds.ts';

export interface DefinedKinds {
  /** Knows what the cluster serves, and what it will. */
  readonly mapper: KindMapper;
  /** True for a kind that isn't served yet. */
  readonly isMissing: (kind: GroupVersionKind) => boolean;
}

/** @throws ResourceError for a file that can't be read */
export async function definedKinds(
  mapper: KindMapper,
  files: readonly CrdFile[],
  signal: AbortSignal | undefined,
): Promise<DefinedKinds> {
  const missing = new Map<string, KindRef>();
  for (const kind of files.flatMap(({ content }) => kindsOf(content))) {
    const known = await mapper.kindOf(formatGroupVersion(kind), kind.kind, signal);
    if (known === undefined) missing.set(kindKey(kind), kind);
  }
  const keys = [...missing.values()].flatMap((kind) => [formatGroupVersion(kind), kindKey(kind)]);
  return {
    isMissing: (kind) => missing.has(kindKey(kind)),
    mapper: {
      kindOf: async (apiVersion, kind, at) =>
        (await mapper.kindOf(apiVersion, kind, at)) ?? missing.get(`${apiVersion}/${kind}`),
      kinds: async (at) => [...(await mapper.kinds(at)), ...missing.values()],
      apiVersions: async (at) => [...new Set([...(await mapper.apiVersions(at)), ...keys])],
      reset: () => mapper.reset(),
    },
  };
}

function kindsOf(content: string): KindRef[] {
  const objects = manifestDocuments(content).flatMap((document) => readObjects(document.content, { validate: false }));
  return objects
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
    .flatMap((definition) => {
      const text = (path: string): string => getString(definition, path) ?? '';
      return getList(definition, 'spec.versions').map((version): KindRef => {
        const scope = text('spec.scope') === 'Cluster' ? 'Cluster' : 'Namespaced';
        const [kind, plural] = [text('spec.names.kind'), text('spec.names.plural')];
        return { group: text('spec.group'), version: getString(version, 'name') ?? '', kind, plural, scope };
      });
    });
}
