// Writes src/gen/types/<group>/<version>.ts: an interface for each type, and for each served kind a KindRef under the
// same name.
import { allTypes, isModern, resourceFacts } from './facts.mjs';
import { header } from './header.mjs';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Types of the legacy section that are in use today: webhooks, discovery and metrics speak them. */
const currentLegacyPackages = new Set([
  'io.k8s.api.admission.v1',
  'io.k8s.api.apidiscovery.v2',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  'io.k8s.metrics.pkg.apis.metrics.v1beta1',
  meta,
]);

const fromMachinery = ['FieldsV1', 'ListMeta', 'ManagedFieldsEntry', 'ObjectMeta', 'OwnerReference'];

const schemaProps = 'JSONSchemaProps';
const scalarTypes = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'string | number',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'number | string',
  [`${meta}.Time`]: 'string',
  [`${meta}.MicroTime`]: 'string',
  [`${meta}.Duration`]: 'string',
  [`${meta}.Patch`]: 'unknown',
  [`${meta}.Verbs`]: 'string[]',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'unknown',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': 'unknown',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': `${schemaProps} | ${schemaProps}[]`,
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': `${schemaProps} | boolean`,
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': `${schemaProps} | string[]`,
};

/** Path below src/gen/types → text. */
export function renderTypes() {
  const packages = new Map();
  for (const [name, type] of Object.entries(allTypes())) {
    const packageName = packageOf(name);
    if (!isModern(name) && !currentLegacyPackages.has(packageName)) continue;
    if (modulePath(packageName) === undefined || name in scalarTypes) continue;
    const types = packages.get(packageName) ?? [];
    types.push([name, type]);
    packages.set(packageName, types);
  }
  return new Map([...packages].map(([name, types]) => [`${modulePath(name)}.ts`, renderModule(name, types)]));
}

function packageOf(name) {
  return name.slice(0, name.lastIndexOf('.'));
}

function shortNameOf(name) {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** `io.k8s.api.core.v1` → `core/v1`; undefined for packages without a version (scalars). */
function modulePath(packageName) {
  const [version, group] = packageName.split('.').reverse();
  return /^v\d/.test(version) ? `${group}/${version}` : undefined;
}

function renderModule(packageName, types) {
  const imports = { machinery: new Set(), packages: new Set() };
  const blocks = types.map(([name, type]) => renderType(name, type, packageName, imports));
  return [header, ...importLines(imports, packageName), '', ...blocks.filter((block) => block !== '')].join('\n');
}

function importLines({ machinery, packages }, packageName) {
  const lines = [];
  if (packageName === meta) {
    lines.push(
      `export type { ${fromMachinery.filter((name) => name !== 'FieldsV1').join(', ')} } from '@kindred/machinery';`,
    );
  }
  if (machinery.size > 0)
    lines.push(`import type { ${[...machinery].toSorted(byName).join(', ')} } from '@kindred/machinery';`);
  for (const name of [...packages].toSorted(byName))
    lines.push(`import type * as ${alias(name)} from '../${modulePath(name)}.ts';`);
  return lines;
}

function byName(a, b) {
  return a < b ? -1 : 1;
}

function alias(packageName) {
  return modulePath(packageName).replace('/', '');
}

function renderType(name, type, packageName, imports) {
  const shortName = shortNameOf(name);
  if (packageName === meta && fromMachinery.includes(shortName)) return '';
  const { fields = {}, gvk } = type;
  const item = fields.items?.type;
  if (gvk && shortName.endsWith('List') && fields.metadata?.type === `${meta}.ListMeta` && item && item in allTypes()) {
    imports.machinery.add('KubeList');
    const itemType = fieldType({ type: item }, packageName, imports);
    if (allTypes()[item].gvk) return `export type ${shortName} = KubeList<${itemType}>;\n`;
  }
  const isObject = gvk !== undefined && fields.metadata?.type === `${meta}.ObjectMeta`;
  if (isObject) imports.machinery.add('KubeObject');
  const lines = [];
  for (const [fieldName, field] of Object.entries(fields)) {
    if (isObject && ['apiVersion', 'kind', 'metadata'].includes(fieldName)) continue;
    const required = field.required || (gvk !== undefined && ['apiVersion', 'kind'].includes(fieldName));
    lines.push(`  ${propertyName(fieldName)}${required ? '' : '?'}: ${fieldType(field, packageName, imports)};`);
  }
  const body = lines.length === 0 ? ' {}' : ` {\n${lines.join('\n')}\n}`;
  const declaration = `export interface ${shortName}${isObject ? ' extends KubeObject' : ''}${body}\n`;
  return declaration + kindRef(shortName, gvk, imports);
}

function propertyName(name) {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`;
}

function kindRef(shortName, gvk, imports) {
  const [only] = gvk ?? [];
  const resource = resourceFacts().resources.find(
    ({ group, version, kind }) => only && group === only.group && version === only.version && kind === only.kind,
  );
  if (!resource) return '';
  imports.machinery.add('KindRef');
  const scope = resource.namespaced ? 'Namespaced' : 'Cluster';
  return `export const ${shortName}: KindRef<${shortName}> = {
  group: '${only.group}',
  version: '${only.version}',
  kind: '${only.kind}',
  plural: '${resource.resource}',
  scope: '${scope}',
};
`;
}

function fieldType(field, packageName, imports) {
  const element = elementType(field.type, packageName, imports);
  if (field.mapOfArrays) return `Record<string, ${element}[]>`;
  if (field.map) return `Record<string, ${element}>`;
  if (!field.array) return element;
  return element.includes('|') ? `(${element})[]` : `${element}[]`;
}

function elementType(type, packageName, imports) {
  if (type === 'integer') return 'number';
  if (!type.startsWith('io.')) return type;
  if (type in scalarTypes) return scalarTypes[type];
  const shortName = shortNameOf(type);
  const owner = packageOf(type);
  if (owner === meta && fromMachinery.includes(shortName)) {
    imports.machinery.add(shortName);
    return shortName;
  }
  if (owner === packageName) return shortName;
  if (modulePath(owner) === undefined) return 'unknown';
  imports.packages.add(owner);
  return `${alias(owner)}.${shortName}`;
}
