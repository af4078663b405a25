// Writes src/gen/resources.ts: what Kubernetes serves under which names, and the columns that kubectl shows.
import { resourceFacts } from './facts.mjs';
import { header } from './header.mjs';

/** Verbs of HTTP, as the facts have them, → verbs of the API. */
const verbNames = { post: 'create', put: 'update' };

export function renderResources() {
  const { resources, shortNames, categoryAll, tableColumns } = resourceFacts();
  const rows = resources.map(({ group, version, resource, kind, namespaced, verbs, subresources }) =>
    json({
      group,
      version,
      resource,
      kind,
      namespaced,
      verbs: apiVerbs(verbs),
      subresources: subresourceRows(subresources),
    }),
  );
  const columns = Object.entries(tableColumns).map(([name, list]) => `  ${name}: ${json(list)},`);
  return `${header}import type { ColumnFact, ResourceFact } from '../resource-facts.ts';

/** Every resource of Kubernetes 1.36, those that are not served by default among them. */
export const resourceFacts: readonly ResourceFact[] = [
${rows.map((row) => `  ${row},`).join('\n')}
];

/** Plural → short names. */
export const shortNames: Readonly<Record<string, readonly string[]>> = ${json(shortNames)};

/** Plurals that \`kubectl get all\` means. */
export const categoryAll: readonly string[] = ${json(categoryAll)};

/** Columns by the name that the printers of Kubernetes give them: name, type, format, priority. */
export const columnFacts: Readonly<Record<string, readonly ColumnFact[]>> = {
${columns.join('\n')}
};
`;
}

function json(value) {
  return JSON.stringify(value);
}

function apiVerbs(verbs) {
  const names = verbs.map((verb) => verbNames[verb] ?? verb);
  if (names.includes('list')) names.push('watch');
  return names.sort();
}

function subresourceRows(subresources) {
  return Object.entries(subresources).map(([name, { group, version, kind, verbs }]) => ({
    name,
    kind: { group, version, kind },
    verbs: verbs.includes('connect') ? connectVerbs(name) : apiVerbs(verbs),
  }));
}

/** Connections are opened by any method that the subresource takes: discovery lists them as these verbs. */
function connectVerbs(name) {
  return name === 'proxy' ? ['create', 'delete', 'get', 'patch', 'update'] : ['create', 'get'];
}
