// Writes src/gen/type-table.ts: one text for each package of types, which `src/type-table.ts` parses when it is first
// asked for a type of that package. Lines: a type's name and its traits; then, indented, its fields.
//
//   Probe
//    failureThreshold int32 6
//    exec ExecAction
//    + ProbeHandler 1                                    an inlined message
//   Quantity =string string:1                            a scalar type and its protobuf members
import { allTypes } from './facts.mjs';
import { header } from './header.mjs';

export function renderTable() {
  const packages = new Map();
  for (const [name, type] of Object.entries(allTypes())) {
    const packageName = name.slice(0, name.lastIndexOf('.'));
    const lines = packages.get(packageName) ?? [];
    lines.push(...typeLines(name, type, packageName));
    packages.set(packageName, lines);
  }
  const kinds = Object.entries(allTypes()).flatMap(([name, { gvk = [] }]) =>
    gvk.map(({ group, version, kind }) => ({ name, kind, groupVersion: `${group}/${version}` })),
  );
  const groupVersions = new Map();
  for (const { name, kind, groupVersion } of kinds) {
    if (!name.endsWith(`.${kind}`)) throw new Error(`Type ${name} is not named after its kind ${kind}`);
    const packageName = name.slice(0, -kind.length - 1);
    // Status, APIGroup and the like are served as v1 too, without being core: `TypeTable.typeNameOf` looks there last.
    if (!packageName.endsWith('.meta.v1')) groupVersions.set(groupVersion, packageName);
  }
  return `${header}/** Group and version (\`/v1\` is core) → the package whose types it serves. */
export const packageOfGroupVersion: Readonly<Record<string, string>> = {
${[...groupVersions].map(([groupVersion, name]) => `  '${groupVersion}': '${name}',`).join('\n')}
};

/** Package → its types as text; \`../type-table.ts\` reads it. */
export const typeTableText: Readonly<Record<string, string>> = {
${[...packages].map(([name, lines]) => `  '${name}': \`${checked(lines.join('\n'))}\`,`).join('\n')}
};
`;
}

function checked(text) {
  if (text.includes('`') || text.includes('${') || text.includes('\\')) throw new Error('Text needs escaping');
  return text;
}

function typeLines(name, type, packageName) {
  const shortName = name.slice(packageName.length + 1);
  const traits = [];
  if (type.gvk) traits.push('kind');
  if (type.mapType) traits.push(type.mapType);
  if (type.proto) {
    traits.push(`=${type.type}${type.format ? `/${type.format}` : ''}`);
    traits.push(...Object.entries(type.proto).map(([member, n]) => `${member}:${n}`));
  }
  const lines = [[shortName, ...traits].join(' ')];
  for (const [fieldName, field] of Object.entries(type.fields ?? {})) {
    lines.push(` ${[fieldName, typeText(field, packageName), ...fieldTraits(field)].join(' ')}`);
  }
  for (const { n, type: inner } of type.inlined ?? []) lines.push(` + ${reference(inner, packageName)} ${n}`);
  return lines;
}

function typeText(field, packageName) {
  const suffix = field.mapOfArrays ? '{}[]' : field.map ? '{}' : field.array ? '[]' : '';
  return (field.type.startsWith('io.') ? reference(field.type, packageName) : (field.format ?? field.type)) + suffix;
}

function reference(name, packageName) {
  return name.startsWith(`${packageName}.`) && !name.slice(packageName.length + 1).includes('.')
    ? name.slice(packageName.length + 1)
    : name.slice('io.k8s'.length);
}

function fieldTraits(field) {
  const traits = [];
  if (field.n !== undefined) traits.push(String(field.n));
  if (field.required) traits.push('required');
  if (field.listType) traits.push(`list=${[field.listType, ...(field.listMapKeys ?? [])].join(',')}`);
  if (field.mapType) traits.push(`map=${field.mapType}`);
  if (field.patchStrategy) traits.push(`patch=${field.patchStrategy}`);
  if (field.patchMergeKey) traits.push(`key=${field.patchMergeKey}`);
  return traits;
}
